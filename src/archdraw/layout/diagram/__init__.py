"""String diagrams: boxes, joints, frames and graphs as cells that compose."""

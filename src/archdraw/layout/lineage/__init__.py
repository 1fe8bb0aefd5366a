"""Cards on lanes over time, joined by lines."""

"""Charts on axes: marks with labels, bars, matrices."""

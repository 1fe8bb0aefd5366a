"""Pages with less room than a plate has: slides, and columns of a paper."""

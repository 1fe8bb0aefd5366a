"""What is wrong with a finished picture: overlaps, crossings, contrast, small text."""

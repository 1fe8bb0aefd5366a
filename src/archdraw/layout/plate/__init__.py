"""The page of one model: its column, the panels beside it, the layer strip, and the lines between them."""

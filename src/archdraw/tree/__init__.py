"""The tree of blocks and what is counted from it."""

"""Tables of names, one module for each family of conventions; each lists its own in ``CONVENTIONS``."""

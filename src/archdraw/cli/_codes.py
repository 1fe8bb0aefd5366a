"""What the program ends with."""

from __future__ import annotations

OK, PROBLEMS, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 70, 130, 141
"""Exit codes. 2, for wrong usage, is click's. 70 is the program's own fault (sysexits), 130 and
141 are what a shell gives to SIGINT and SIGPIPE."""

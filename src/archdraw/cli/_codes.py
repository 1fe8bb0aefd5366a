"""What the program ends with, and which errors are not its own."""

from __future__ import annotations

import errno

OK, PROBLEMS, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 70, 130, 141
"""Exit codes. 2, for wrong usage, is click's. 70 is the program's own fault (sysexits), 130 and
141 are what a shell gives to SIGINT and SIGPIPE."""

ENVIRONMENT = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG}
)
"""Errors of the system that no fault of the program makes: no space left, too many open files, too long a name ..."""

"""Draws the specs that are its arguments, one after the other, and prints what came of each as JSON.

A process of its own, so that what it takes of time and memory can be limited and measured.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.model import load
from archdraw.typesetting import folders

MOST_MEMORY = 2**31
"""Bytes of addresses: what asks for more ends in a MemoryError, and not in the machine."""


def outcome(file: str) -> dict[str, object]:
    """What drawing ``file`` comes to: what was said against it, the faults of its picture, seconds of the processor."""
    begun = time.process_time()
    refused, found = "", list[str]()
    try:
        scene = load(file).scene()
        taken = time.process_time() - begun
        found = [str(fault) for fault in faults(scene)]
    except ArchdrawError as error:
        refused, taken = str(error), time.process_time() - begun
    except (Exception, MemoryError, RecursionError) as error:
        refused, taken = f"crash: {error!r}", time.process_time() - begun
    return {"file": Path(file).stem, "refused": refused, "faults": found, "seconds": taken}


def peak_memory() -> int:
    """Bytes that this program has taken at most.

    What getrusage says would hold the memory of the process that started this one, too: it outlives exec.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    (line,) = (line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    folders.FOLDERS = ()  # what is refused for a letter that no font has must not depend on the computer's fonts
    load("gpt-2").scene()  # what is imported and cached is no model's own
    results = [outcome(file) for file in sys.argv[1:]]
    print(json.dumps({"results": results, "peak": peak_memory()}))

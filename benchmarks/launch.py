"""Runs one command and prints what it took: ``python launch.py COMMAND ARGUMENT...``.

A process of its own, and a small one: on Linux a program's peak of memory begins with that of the process that started
it, which for the benchmark itself would be more than many a command needs.
"""

import json
import os
import sys
import time


def main() -> int:
    command = sys.argv[1:]
    start = time.perf_counter()
    nothing = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=[nothing])
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    # Linux counts kibibytes, macOS bytes.
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "memory": memory}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())

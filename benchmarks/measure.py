"""What a command or a call takes, and the medians of several that are tried in turns."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

LAUNCHER = Path(__file__).with_name("launch.py")
BYTE_CODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""What is installed has its byte code, so programs may write theirs where the environment would not let them."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of ``cpu`` (user and system) and of ``wall`` time, the peak of ``memory`` in bytes.

    That of a command with workers has the CPU of all of them, and the memory of the largest. Of a call the memory is 0.
    """

    cpu: float
    wall: float
    memory: int = 0


def run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """The cost of ``command``, started in ``folder`` with ``environment`` beside that of this process.

    Raises RuntimeError with the command's own message where it fails: what fails early would seem fast.
    """
    words = [str(word) for word in command]
    done = subprocess.run(
        [sys.executable, "-I", "-S", LAUNCHER, *words],
        cwd=folder,
        env={**os.environ, **BYTE_CODE, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Cost(**json.loads(done.stdout))


def call(function: Callable[[], Any]) -> Cost:
    """The cost of calling ``function`` in this process, without the collector, whose turn comes when it comes."""
    gc.collect()
    gc.disable()
    try:
        wall, cpu = perf_counter(), process_time()
        function()
        return Cost(process_time() - cpu, perf_counter() - wall)
    finally:
        gc.enable()


def in_turns(candidates: Mapping[str, Callable[[], Cost]], rounds: int, warm: bool = True) -> dict[str, Cost]:
    """The median costs of ``candidates``, one of each in every round: a machine that slows down slows all alike.

    With ``warm`` a round goes before that is not counted: byte code is compiled and files are read once.
    """
    if warm:
        for candidate in candidates.values():
            candidate()
    costs: dict[str, list[Cost]] = {name: [] for name in candidates}
    for number in range(rounds):
        print(f"\r  round {number + 1} of {rounds} ", end="", file=sys.stderr, flush=True)
        for name, candidate in candidates.items():
            costs[name].append(candidate())
    print(file=sys.stderr)
    return {name: medians(taken) for name, taken in costs.items()}


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure of ``costs``."""
    return Cost(
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        round(median(cost.memory for cost in costs)),
    )

"""Comparisons of all pairs of shipped models: ``python tests/many_comparisons.py --drawn 300``.

The test suite compares some pairs each time. This finds the differences of every two models and aligns their diagrams,
and draws a sample of them, whose pictures must have no faults. It prints each failure as a line of JSON, how many pairs
there were and which took longest; it exits with 1 if there is a failure. A pair that runs away is stopped, as one that
takes too long; the others go on.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import archdraw
from archdraw.app.pictures import subject
from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.theme import load_theme
from archdraw.views import architecture
from archdraw.views.several import Subject, compare

SPECS = Path(__file__).parent.parent / "specs"
MOST = 10.0
"""CPU seconds that a pair may take, drawn: the slowest take a fifth of it."""


class Late(BaseException):
    """A pair ran for more than its time; no ``except Exception`` within it holds this up."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stops what is inside after so many CPU seconds, with :class:`Late`."""

    def stop(*_: Any) -> None:
        raise Late(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@cache
def model(slug: str) -> Subject:
    return subject(archdraw.load(SPECS / f"{slug}.yaml"))


def wrong(one: str, other: str, *, drawn: bool) -> str:
    """What is wrong with the comparison of two models; empty where nothing is."""
    try:
        with at_most(MOST):
            value = compare.gather([model(one), model(other)])
            compare.compared(value)
            if drawn:
                return "; ".join(map(str, faults(compare.draw(value, load_theme("light")))))
    except ArchdrawError as error:
        # What is not disclosed cannot be compared, and nothing else is refused.
        undisclosed = any(model(slug).facts.unknown for slug in (one, other))
        return "" if undisclosed else f"refused: {error}"
    except (Exception, Late) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def keep_plates() -> None:
    """Makes the plate of each model once for all pairs that it is in."""
    made: dict[str, Any] = {}
    picture = architecture.picture

    def kept(spec: Any, block: Any, **options: Any) -> Any:
        key = f"{spec.name} {id(block)} {options}"  # models are kept, and so are their blocks
        if key not in made:
            made[key] = picture(spec, block, **options)
        return made[key]

    setattr(compare, "picture", kept)  # noqa: B010


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawn", type=int, default=300, help="how many pairs are drawn, too")
    parser.add_argument("--seed", type=int, default=1, help="by which those are chosen, and which model is first")
    parser.add_argument("models", nargs="*", help="only pairs with one of these")
    wanted = parser.parse_args()
    keep_plates()
    lot = Random(wanted.seed)
    slugs = sorted(path.stem for path in SPECS.glob("*.yaml"))
    pairs = [lot.sample(pair, 2) for pair in combinations(slugs, 2)]
    drawn = {tuple(pair) for pair in lot.sample(pairs, min(wanted.drawn, len(pairs)))}
    if wanted.models:
        pairs = [pair for pair in pairs if {*pair} & {*wanted.models}]
    times: list[tuple[float, str, str]] = []
    failures = 0
    for one, other in pairs:
        start = process_time()
        found = wrong(one, other, drawn=(one, other) in drawn)
        times.append((process_time() - start, one, other))
        if found:
            failures += 1
            print(json.dumps({"models": [one, other], "failure": found}), flush=True)
        if len(times) % 1000 == 0:
            print(f"{len(times)} of {len(pairs)} pairs, {failures} failures", flush=True)
    slowest = ", ".join(f"{one} {other} {taken:.2f} s" for taken, one, other in sorted(times, reverse=True)[:3])
    print(f"{len(pairs)} pairs, {len(drawn)} of them drawn, {failures} failures; slowest: {slowest}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The laws of pictures over many generated models: ``python tests/many_trees.py --trees 50000 --painted 2000``.

The test suite draws some hundreds each time. This prints how many were drawn, with what errors others were refused, how
long the slowest took, and each failure with its layers, as a line of JSON; it exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from time import process_time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from any_tree import model, trees, wrong_in
from archdraw.errors import InputError
from archdraw.spec import expand
from archdraw.theme import load_theme
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn

CHUNK = 500
"""Trees of one seed: few enough for the memory of what was drawn."""
SLOW = 2.0
"""CPU seconds within which each must be drawn or refused."""


class Tally:
    """What came of the trees so far. Of each ``painted_every`` one picture is painted and looked through for faults."""

    def __init__(self, painted_every: int) -> None:
        self.painted_every = painted_every
        self.trees = self.painted = self.failures = 0
        self.refused: Counter[str] = Counter()
        self.known: set[int] = set()
        self.slowest = 0.0

    def add(self, layers: list[Any], place: str) -> None:
        # Two seeds may give the same small tree.
        number = len(self.known)
        self.known.add(hash(json.dumps(layers)))
        if len(self.known) == number:
            return
        self.trees += 1
        start = process_time()
        try:
            found = self._broken(layers)
        except InputError as error:
            self.refused[_kind_of(error)] += 1
            found = ""
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        taken = process_time() - start
        self.slowest = max(self.slowest, taken)
        if not found and taken > SLOW:
            found = f"took {taken:.1f} s"
        if found:
            self.failures += 1
            print(json.dumps({"seed": place, "failure": found, "layers": layers}), flush=True)

    def _broken(self, layers: list[Any]) -> str:
        """The law that the picture of ``layers`` breaks; empty where all hold."""
        spec = model(layers)
        block = expand(spec)
        if lost := undrawn(block, paths_of_plate(picture(spec, block))):
            return f"not drawn: {[path for path, _ in lost]}"
        if self.trees % self.painted_every == 0:
            self.painted += 1
            scene = draw(spec, block, "plate", theme=load_theme("light"))
            if lost := undrawn(block, paths_of_scene(scene)):
                return f"not painted: {[path for path, _ in lost]}"
            return "; ".join(map(str, wrong_in(scene)))
        return ""

    def __str__(self) -> str:
        lines = [
            f"{self.trees} different trees, {self.painted} of them painted, {self.failures} failures, "
            f"{sum(self.refused.values())} refused, slowest {self.slowest:.2f} s"
        ]
        return "\n".join([*lines, *(f"  {number} x {error}" for error, number in self.refused.most_common())])


def _kind_of(error: InputError) -> str:
    """The error without its place, its numbers and what it quotes."""
    first = str(error).splitlines()[0].split("error: ", 1)[-1]
    return re.sub(r"\d[\d,.]*", "N", first)


def chunk(tally: Tally, number: int, size: int) -> None:
    """Adds ``size`` trees of the seed ``number``."""
    count = 0

    @seed(number)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(trees())
    def drawn(layers: list[Any]) -> None:
        nonlocal count
        count += 1
        tally.add(layers, f"{number}:{count}")

    drawn()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=5000)
    parser.add_argument("--painted", type=int, default=0, help="how many of them are painted, too")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    tally = Tally(max(wanted.trees // wanted.painted, 1) if wanted.painted else wanted.trees + 1)
    number = wanted.seed
    while tally.trees < wanted.trees:
        # Some trees come twice.
        chunk(tally, number, min(CHUNK, wanted.trees * 11 // 10))
        number += 1
        if number % 10 == 0:
            print(tally, flush=True)
    print(tally)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

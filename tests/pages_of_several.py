"""How large views of several models are, and how small their text: ``python tests/pages_of_several.py --pairs 60``.

A line for each picture: its name, width and height, how many times as tall as wide it is, its smallest text, and the px
of that where the picture fills a screen of 1920 x 1080, and where it is as wide as that screen. It exits with 1 where a
bound is broken: half again as tall as wide at most (a poster 1.6 times); and, of compared pairs, at most a quarter with
text below 10 px on that screen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from random import Random
from typing import Any

import shipped
from archdraw.app.pictures import picture, subject
from archdraw.scene import Scene, Text

WIDE, HIGH = 1920.0, 1080.0
MOST_TALL, POSTER, LEAST, MOST_SMALL = 1.5, 1.6, 10.0, 0.25
FAMILIES = ("Llama", "Qwen", "DeepSeek")
NAMED = (
    ("deepseek-v3", "kimi-k2"),
    ("deepseek-v3", "deepseek-v3-2"),
    ("qwen3-235b-a22b", "deepseek-v3"),
    ("llama-3-8b", "olmo-2-7b"),
    ("gemma-2-27b", "gemma-3-27b"),
    ("gpt-oss-20b", "gpt-oss-120b"),
    ("llama-3-8b", "qwen3-next-80b-a3b"),
    ("qwen3-6-35b-a3b", "detr-r50"),
    ("ember-1", "xiaomi-mimo-v2-6-flash-rl"),
    ("gemma-4-31b", "gemma-4-e2b"),
)
"""Pairs that tests and issues name."""


def smallest(scene: Scene) -> float:
    """Px of the smallest text of ``scene``."""
    return min(shape.size for shape in scene.shapes() if isinstance(shape, Text))


def on_screen(scene: Scene) -> float:
    """Px of the smallest text where the whole of ``scene`` fills a screen."""
    return smallest(scene) * min(WIDE / scene.width, HIGH / scene.height)


def pairs(number: int, seed: int) -> list[tuple[str, ...]]:
    """The named pairs, and ``number`` others by lot."""
    known = [slug for slug in shipped.NAMES if not shipped.model(slug).facts.unknown]
    lot = Random(seed)
    return [*NAMED, *(tuple(lot.sample(known, 2)) for _ in range(number))]


def others() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Names of pictures of all models and of families, with their views and options."""
    for view in ("lineage", "scale", "timeline", "poster"):
        yield f"{view} of all", view, {}
    yield "lineage by family", "lineage", {"by": "family"}
    yield "scale of all as bars", "scale", {"view": "bars"}
    yield "timeline by year", "timeline", {"by": "year"}
    for family in FAMILIES:
        yield f"lineage of {family}", "lineage", {"family": (family,)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=60, help="how many pairs are compared, beside those with a name")
    parser.add_argument("--seed", type=int, default=17)
    wanted = parser.parse_args()
    subjects = {slug: subject(shipped.model(slug)) for slug in shipped.NAMES}
    broken = small = 0
    print(f"{'picture':60} {'width':>6} {'height':>6} {'tall':>5} {'text':>5} {'screen':>6} {'across':>6}")

    def line(name: str, scene: Scene) -> None:
        nonlocal broken
        tall, least = scene.height / scene.width, smallest(scene)
        # A poster comes as near to the ratio of paper, 1.41, as its columns allow.
        most = POSTER if name.startswith("poster") else MOST_TALL
        broken += tall > most
        across = least * WIDE / scene.width
        sizes = f"{scene.width:6.0f} {scene.height:6.0f} {tall:5.2f} {least:5.1f} {on_screen(scene):6.1f} {across:6.1f}"
        print(f"{name[:60]:60} {sizes}{'  too tall' if tall > most else ''}", flush=True)

    every = list(subjects.values())
    for name, view, options in others():
        line(name, picture(view, every, **options).scene())
    families = [(family, [one for one in every if one.spec.name.startswith(family)]) for family in FAMILIES]
    for family, own in families:
        for view in ("scale", "timeline", "poster"):
            line(f"{view} of {family}", picture(view, own).scene())
    chosen = pairs(wanted.pairs, wanted.seed)
    for pair in chosen:
        scene = picture("compare", [subjects[slug] for slug in pair]).scene()
        small += on_screen(scene) < LEAST
        line(" and ".join(pair), scene)
    print(f"{len(chosen)} pairs, {small} of them with text below {LEAST:g} px on a screen; {broken} pictures too tall")
    return 1 if broken or small > MOST_SMALL * len(chosen) else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Specs that are made for measuring: of any number of layers, of distinct kinds, and of models."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

NAME = re.compile(r"^(name:) (.*?)( *#.*)?$", re.MULTILINE)
PARENT = re.compile(r"(\bmodel:) ([a-z][\w.-]*)(?=[,}\n])")
_KEY_VALUE_HEADS = (16, 8, 4, 2)


def irregular(layers: int, kinds: int) -> str:
    """A spec of ``layers`` written one by one, each of one of ``kinds`` kinds in an order without a pattern.

    Every kind comes at least once, in the same order each time that it is made.
    """
    chance = random.Random(0)
    order = [*range(kinds), *(chance.randrange(kinds) for _ in range(layers - kinds))]
    chance.shuffle(order)
    return _spec(f"{layers} layers of {kinds} kinds", [_layer(kind) for kind in order])


def repeated(layers: int) -> str:
    """A spec of one layer that comes ``layers`` times."""
    return _spec(f"{layers} times a layer", [_layer(0, layers)])


def _layer(kind: int, times: int = 1) -> str:
    """A decoder layer; of two numbers ``kind`` the layers differ in their heads, their width or both."""
    heads = _KEY_VALUE_HEADS[kind % len(_KEY_VALUE_HEADS)]
    width = 2048 + 256 * (kind // len(_KEY_VALUE_HEADS))
    attention = f"{{grouped_query: {{num_attention_heads: 16, num_key_value_heads: {heads}, position: rope}}}}"
    feed_forward = f"{{swiglu: {{intermediate_size: {width}}}}}"
    repeat = f"times: {times}, " if times > 1 else ""
    return f"  - decoder: {{{repeat}attention: {attention}, feed_forward: {feed_forward}}}"


def _spec(name: str, layers: Sequence[str]) -> str:
    head = f"name: {name}\ncontext_length: 4096\nhidden_size: 1024\nvocab_size: 32000\nlayers:\n  - embedding"
    return "\n".join([head, *layers, "  - rmsnorm", "  - output_head", ""])


def copied(specs: Sequence[Path], times: int, folder: Path) -> None:
    """Writes ``specs`` into ``folder``, each ``times`` times under names of its own, with parents among its like."""
    for number in range(times):
        for file in specs:
            if not number:
                shutil.copy(file, folder)
                continue
            text = NAME.sub(rf'\1 "\2 ({number})"', file.read_text("utf-8"), count=1)
            text = PARENT.sub(rf"\1 \2-{number}", text)
            (folder / f"{file.stem}-{number}.yaml").write_text(text, "utf-8")

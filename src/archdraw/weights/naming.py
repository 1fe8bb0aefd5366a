"""How tensors are called in files, and in the tree: conventions are tables of rules from the one to the other.

A name is turned into a template first, ``model.layers.3.mlp.experts.17.w1.weight`` into
``model.layers.#.mlp.experts.w1.weight``: the layer's index becomes ``#``, the expert's is left out, since the tree
stacks experts. Rules see templates only, so that they are applied once for all layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archdraw.doors import CONVENTIONS, listed
from archdraw.records import record

Rule = tuple[str, ...]
"""A regular expression and what it is replaced by; of several replacements the first that the tree knows is meant."""

_STACK = re.compile(r"^((?:.*?\.)?(?:layers|h|blocks?|blk|layer))\.(\d{1,6})\.(.+)$", re.DOTALL)
_EXPERT = re.compile(r"(?:^|(?<=\.))((?:local_)?experts)\.(\d{1,6})\.")


@record
class Template:
    """A name without its indices; ``layer`` and ``expert`` are what was taken out, None where there is none."""

    text: str
    layer: int | None = None
    expert: int | None = None

    def numbered(self, text: str) -> str:
        """``text``, a template, with this one's layer."""
        return text if self.layer is None else text.replace("#", str(self.layer), 1)


def template_of(name: str) -> Template:
    """``name`` as a template."""
    layer = expert = None
    found = _STACK.match(name)
    if found:
        name, layer = f"{found[1]}.#.{found[3]}", int(found[2])
    found = _EXPERT.search(name)
    if found:
        name, expert = f"{name[: found.start()]}{found[1]}.{name[found.end() :]}", int(found[2])
    return Template(name, layer, expert)


@record
class Convention:
    """A way to call tensors. ``rules`` lead from a file's templates to the tree's, in order; common rules follow.

    ``transposed`` is a regular expression for the templates whose last two dimensions are the other way round.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    transposed: str = r"$^"

    def names(self, template: str) -> tuple[str, ...]:
        """What ``template`` may be called in the tree, the likeliest first."""
        return _renamed(self, template)

    def is_transposed(self, template: str) -> bool:
        """Whether the input features of this template's matrix come before its output features."""
        return re.search(self.transposed, template) is not None


@cache
def conventions() -> tuple[Convention, ...]:
    """Every convention, the plainest first: those that modules list in ``CONVENTIONS``, here or in other packages.

    Raises :class:`archdraw.ArchdrawError` where two have one name.
    """
    found = CONVENTIONS.keyed(
        lambda thing: listed(thing, "CONVENTIONS", Convention), lambda convention: (convention.name,)
    )
    return tuple(sorted(found.values(), key=lambda convention: len(convention.rules)))


@cache
def _renamed(convention: Convention, template: str) -> tuple[str, ...]:
    from archdraw.weights.conventions.common import FIRST, LAST
    from archdraw.weights.conventions.encoders import RULES

    names = [template]
    for pattern, *replacements in (*FIRST, *convention.rules, *LAST, *RULES):
        names = [made for name in names for made in _replaced(name, pattern, replacements)]
    return tuple(dict.fromkeys(names))


def _replaced(name: str, pattern: str, replacements: list[str]) -> Iterator[str]:
    if re.search(pattern, name) is None:
        yield name
    else:
        yield from (re.sub(pattern, replacement, name, count=1) for replacement in replacements)


FUSED: dict[str, tuple[tuple[str, ...], ...]] = {
    "qkv_proj": (("q_proj", "k_proj", "v_proj"), ("q_proj", "k_proj")),
    "gate_up_proj": (("gate_proj", "up_proj"),),
    "kv_b_proj": (("k_b_proj", "v_b_proj"),),
    "in_proj_qkvz": (("in_proj_qkv", "in_proj_z"),),
    "in_proj_ba": (("in_proj_b", "in_proj_a"),),
    "conv1d": (("q_conv1d", "k_conv1d", "v_conv1d"), ("q_conv", "k_conv", "v_conv")),
}
"""Modules whose weight is that of several others, one after the other (or head by head, which is of the same size)."""


def parts_of(name: str) -> Iterator[tuple[str, ...]]:
    """The names of the tensors that make up ``name``, where it is a fused one: a tuple for each way of splitting it."""
    path, _, kind = name.rpartition(".")
    place, _, module = path.rpartition(".")
    for parts in FUSED.get(module, ()):
        yield tuple(f"{place}.{part}.{kind}" for part in parts)


def wholes_of(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fused tensors that ``name`` may be a part of, each with the names of all its parts."""
    path, _, kind = name.rpartition(".")
    place, _, module = path.rpartition(".")
    for whole, ways in FUSED.items():
        for parts in ways:
            if module in parts:
                yield f"{place}.{whole}.{kind}", tuple(f"{place}.{part}.{kind}" for part in parts)

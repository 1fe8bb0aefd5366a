"""Every tensor of a block tree under the name that a checkpoint would give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import assert_never

from archdraw.records import record
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.walks import children


@record
class Tensor:
    """One tensor by its whole name, as stored: ``shape`` has the output features first, as in PyTorch.

    ``tied`` is a second name of another tensor, ``buffer`` is stored and not trained, ``auxiliary`` belongs to a module
    that is no part of the model's counts (multi-token prediction), ``encoder`` to one whose output joins the line. A
    ``packed`` one may hold several small numbers in each of its own, so that its shape says nothing. ``also`` are other
    names that it may go by: a parameter that is no weight or bias often stands directly in its module
    (``self_attn.sinks``). ``dtype`` is a file's word for the type of its numbers (``BF16``, ``Q4_K``).
    """

    name: str
    shape: tuple[int, ...]
    tied: bool = False
    buffer: bool = False
    auxiliary: bool = False
    encoder: bool = False
    packed: bool = False
    also: tuple[str, ...] = ()
    dtype: str = field(default="", compare=False)

    @property
    def count(self) -> int:
        """Number of parameters that this tensor adds to the model's total."""
        return 0 if self.tied or self.buffer or self.auxiliary else prod(self.shape)


@dataclass
class _Place:
    """Where in the tree we are: the path, that of layers, the names already taken, the numbers of experts around."""

    path: str = ""
    stack: str = "layers"
    experts: tuple[int, ...] = ()
    auxiliary: bool = False
    encoder: bool = False
    repeated: bool = False
    taken: dict[str, int] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)

    def below(self, path: str) -> _Place:
        """The place inside a module at ``path``."""
        return replace(self, path=path, repeated=False, taken={}, counted=set())

    def named(self, name: str) -> str:
        """The path of a block called ``name``.

        What is repeated has its index, which goes on in the next repeat of that name. Another sibling of the same name
        gets ``.2``, ``.3`` ... as in insets.
        """
        seen = self.taken[name] = self.taken.get(name, 0) + 1
        if self.repeated:
            self.counted.add(name)
        own = f"{name}.{seen - 1}" if name in self.counted else f"{name}.{seen}" if seen > 1 else name
        return f"{self.path}.{own}" if self.path else own


def tensors(block: Block) -> Iterator[Tensor]:
    """Every tensor of ``block`` in the tree's order, layers written out: ``layers.3.self_attn.q_proj.weight``.

    The tensors of experts are stacked, as ``[experts, ...]``; other repeats have their index behind the name of what is
    repeated. A loop over the same weights has them once. The counts add up to the block's total.
    """
    root = block.body if isinstance(block, Module) and block.level == "model" else block
    found = list(_tensors(root, _Place(), iter(range(10**9))))
    two_norms = any(tensor.name.startswith("norm.2.") for tensor in found)
    for tensor in found:
        # The last norm of a model is called so; one right behind the embedding comes before it.
        if two_norms and tensor.name.startswith("norm."):
            rest = tensor.name.removeprefix("norm.2.")
            name = f"norm.{rest}" if rest != tensor.name else f"embed_{tensor.name}"
            tensor = replace(tensor, name=name)
        yield tensor


def _tensors(block: Block, place: _Place, layer: Iterator[int]) -> Iterator[Tensor]:
    match block:
        case Leaf():
            yield from _leaf(block, place)
        case Module(level="layer", body=body):
            yield from _tensors(body, place.below(f"{place.stack}.{next(layer)}"), layer)
        case Module(level="stack", body=body):
            yield from _tensors(body, place, layer)
        case Module(body=body):
            yield from _tensors(body, place.below(place.named(block.name)), layer)
        case Side(body=Module(body=body, level="unused")):
            # The last layers of an encoder of which an earlier one is read: they are called as if they were read too.
            yield from _tensors(body, place, layer)
        case Side(body=body, direction=direction, counted=counted):
            inner = place.below(place.named(body.name))
            inner.stack = f"{inner.path}.layers"
            inner.auxiliary, inner.encoder = place.auxiliary or not counted, place.encoder or direction == "in"
            yield from _tensors(body.body, inner, iter(range(10**9)))
        case Experts(body=body, total=total):
            # Not taken anew: a router beside the experts may have their name.
            yield from _tensors(body, replace(place, experts=(*place.experts, total)), layer)
        case Repeat(body=body, times=times, tied=tied):
            # Layers are numbered by themselves; a loop over the same weights has them once.
            indexed = not tied and not _holds_layers(body)
            for _ in range(1 if tied else times):
                yield from _tensors(body, replace(place, repeated=True) if indexed else place, layer)
        case Sequence() | Parallel() | Graph() | Residual():
            for part in children(block):
                yield from _tensors(part, place, layer)
        case _:
            assert_never(block)


def _holds_layers(block: Block) -> bool:
    """Whether the stack's layers are in ``block``: they are numbered by themselves."""
    if isinstance(block, Module) and block.level == "layer":
        return True
    return not isinstance(block, Leaf | Side) and any(map(_holds_layers, children(block)))


def _leaf(leaf: Leaf, place: _Place) -> Iterator[Tensor]:
    # Weights that are another block's take no name away from it.
    path = replace(place, taken=dict(place.taken)).named(leaf.name) if _is_tied(leaf) else place.named(leaf.name)
    for weight in leaf.weights:
        short = f"{place.path}.{weight.name}" if place.path else weight.name
        # A name with a dot is below the enclosing module: one box, several tensors. A mere index is the leaf's own.
        of_module = "." in weight.name and not weight.name[0].isdecimal()
        name = short if of_module else f"{path}.{weight.name}"
        also = () if "." in weight.name or weight.name in ("weight", "bias") else (short,)
        shape = (*place.experts, *weight.shape)
        yield Tensor(name, shape, weight.tied, weight.buffer, place.auxiliary, place.encoder, also=also)


def _is_tied(leaf: Leaf) -> bool:
    return bool(leaf.weights) and all(weight.tied for weight in leaf.weights)

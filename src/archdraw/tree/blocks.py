"""The algebra of models: the one tree that is counted and drawn.

A model is a tree of nine frozen nodes. All else (facts, pictures, differences) is a fold over it, written as a
``match`` that ends in ``assert_never``: the type checker lists every fold when a node is added.

The tree is read as a string diagram, from the input up: a block has lines that come in and lines that leave. Most
blocks have one of each; a projection that is split in three leaves three (``Leaf.outputs``), branches that are kept
apart (``Parallel(merge="separate")``) leave the sum of theirs, and the next leaf takes however many arrive. What no
tree of sequences and branches can say is a small ``Graph`` of blocks.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from math import prod
from typing import Literal, TypeAlias, final

from archdraw.glossary.phrases import Detail, Note, Words
from archdraw.records import record
from archdraw.tree.keys import Cache as Cache
from archdraw.tree.keys import Heads as Heads
from archdraw.tree.keys import Window as Window
from archdraw.tree.roles import Level as Level
from archdraw.tree.roles import Part as Part
from archdraw.tree.roles import Pattern as Pattern
from archdraw.tree.roles import Role as Role
from archdraw.tree.roles import StateDtype as StateDtype

Setting: TypeAlias = str | int | float | bool | None
"""One value that an author gave a block; None for what it does without."""

Settings: TypeAlias = tuple[tuple[str, Setting], ...]
"""The settings of a block by the names of config.json; those of a kind within it with its name before them
(``position.rope_theta``)."""

Merge = Literal["add", "multiply", "concatenate", "separate"]


@record
class Weight:
    """One tensor of a checkpoint: ``name`` below its block's path (``weight``, ``bias``), ``shape`` as stored.

    A name with a dot (``q_norm.weight``) is below the enclosing module instead: one box, two tensors. A tensor that is
    ``tied`` is another block's, one that is a ``buffer`` is not trained (a router's balancing bias): neither counts.
    One that is not ``trainable`` is frozen, and counts. None is trainable unless a module around it says otherwise.
    """

    name: str
    shape: tuple[int, ...]
    tied: bool = False
    buffer: bool = False
    trainable: bool | None = None

    @property
    def count(self) -> int:
        """Number of parameters that this tensor adds to the model."""
        return 0 if self.tied or self.buffer else prod(self.shape)

    @property
    def is_matrix(self) -> bool:
        """Whether vectors are multiplied with it: not a bias, even one with a row for each head, nor a buffer."""
        return len(self.shape) > 1 and not self.buffer and "bias" not in self.name


@record
class Streams:
    """Several residual lines in place of one, ``number`` of them: their ``label``, and their ``title`` as a heading.

    ``kind`` is the keyword of the kind that made them. ``notes`` say what a sublayer makes of the lines, first in all.
    """

    number: int
    label: Words
    title: Words = ""
    kind: str = ""
    notes: tuple[Note, ...] = ()


@final
@record
class Leaf:
    """A block without parts: a projection, a norm, an operation.

    ``name`` is the checkpoint's (``q_proj``), ``label`` and ``detail`` are the two lines of its box. ``inputs`` lines
    come in; ``outputs`` names the lines that leave, of which a single one needs no name. A leaf with 0 inputs is a
    source: its lines come from elsewhere in the model (another layer's keys, an encoder's output), as its label says.

    ``tag`` is what the leaf shows next to its enclosing module when that is folded (RoPE, QK-norm); empty for nothing.
    ``state`` counts the values that a recurrent mixer keeps per layer whatever the context, in ``state_dtype`` where
    the precision of the cache is not theirs. ``heads`` is set on the leaf where attention heads meet.
    ``multiplications`` are those a token takes here beyond one for each weight of its matrices (a state's update).
    ``settings`` are what the kind that made it was given; two leaves that differ in a setting are two, even where they
    count and draw alike.

    ``positions`` is the number of places of each input that it is applied at (the pixels of an image); None for once
    per token. ``passes`` is the share of tokens that reach it. It is ``uncertain`` where it is attention and its author
    does not say what it caches. ``shape`` is that of an input, channels first; empty where it is not fixed. One that
    only ``reads`` the line hands it on as it is, and its own result is used elsewhere (an exit gate). A leaf with
    ``streams`` reads, mixes or writes residual lines, on which it is a port with its ``tag``. ``origin`` is the layer
    of the stack that the lines of a source come from, ``side`` the name of the module beside the model whose output
    they are (empty: of every one; None: of none). ``reused`` values per token are in the cache of that layer.

    ``lookup`` is what a count calls its tables where they are none of the plain input embedding and a token reads a few
    rows of them (n-grams, an embedding for each layer); empty for all else.
    """

    name: str
    label: Words
    role: Role = "plain"
    detail: Detail = field(default="", hash=False)
    weights: tuple[Weight, ...] = ()
    part: Part = "other"
    inputs: int = 1
    outputs: tuple[str, ...] = ("",)
    tag: Detail = field(default="", hash=False)
    cache: Cache | None = None
    state: int = 0
    state_dtype: StateDtype | None = None
    heads: Heads | None = None
    multiplications: int = 0
    settings: Settings = ()
    positions: int | None = None
    passes: Fraction = field(default=Fraction(1), hash=False)
    uncertain: bool = False
    shape: tuple[int, ...] = ()
    reads: bool = False
    streams: Streams | None = None
    origin: int | None = None
    side: str | None = None
    reused: int = 0
    lookup: Words = ""


@record
class Sequence:
    """Blocks one after the other, the first nearest to the input. An empty one is a plain line."""

    parts: tuple[Block, ...] = ()


@record
class Parallel:
    """Branches side by side, left to right.

    One line that comes in is read by every branch; several are dealt out, each branch taking as many as it has inputs.
    ``merge`` joins the branches into one line; "separate" hands all their lines to the next block.
    """

    branches: tuple[Block, ...]
    merge: Merge = "add"


@record
class Graph:
    """Blocks by name, and the edges between them: what sequences and branches cannot say.

    An edge starts at a node, or at one of several lines that leave it: ``qkv.query``. "input" stands for the lines that
    come in, which ``inputs`` names where they are several (none: all lines of the graph come from blocks without
    inputs); each edge to "output" is a line that leaves, by the names in ``outputs``. A node takes the lines of the
    edges that lead to it in their order, first those of ``edges``, then those of ``back``, which come one step later
    and may lead in a circle. No others do: ``nodes`` are in an order in which no edge leads back.
    """

    nodes: tuple[tuple[str, Block], ...]
    edges: tuple[tuple[str, str], ...]
    back: tuple[tuple[str, str], ...] = ()
    inputs: tuple[str, ...] = ("",)
    outputs: tuple[str, ...] = ("",)


@record
class Residual:
    """``x + body(x)``."""

    body: Block


@record
class Repeat:
    """``body``, ``times`` in a row, each with weights of its own unless ``tied``. ``times`` is 1 or more.

    A tied repeat is a loop: the same weights are gone through again and again, each time with a cache of its own.
    """

    body: Block
    times: int
    tied: bool = False


@record
class Experts:
    """``total`` copies of ``body`` of which each token passes ``active``, ``at_most`` where others do nothing."""

    body: Block
    total: int
    active: int
    at_most: bool = False


@final
@record
class Module:
    """A frame with a name that can be folded to one box or opened.

    ``name`` is the checkpoint's (``self_attn``); ``label`` and ``detail`` are the lines of the folded box. ``title`` is
    the heading when opened (default: ``label``). ``kind`` is the keyword of the kind that made it (``grouped_query``),
    ``level`` what it is in its model. A layer's index is its place among the layers of the stack. ``notes`` are facts
    with numbers from the tree that stand under an opened module. ``settings`` are what its kind was given, and belong
    to its identity: RoPE with another base is another block.
    """

    name: str
    label: Words
    body: Block
    role: Role = "plain"
    detail: Detail = field(default="", hash=False)
    kind: str = ""
    title: Words = ""
    notes: tuple[Note, ...] = field(default=(), hash=False)
    settings: Settings = ()
    level: Level = "block"


@record
class Side:
    """A module beside the spine, at its place in a sequence; it does not change the line that passes.

    ``direction`` "in": its output joins the line (an image encoder); "out": it reads the line (multi-token prediction).
    A side that is not ``counted`` is no part of the model's total, by the convention of published counts. One that
    does not ``join`` the line is met elsewhere, by cross-attention, or itself reads the inside of layers. Besides,
    outputs of layers in it may be added after the first layers of the model, of which it ``feeds`` so many.
    """

    body: Module
    direction: Literal["in", "out"]
    counted: bool = True
    joins: bool = True
    feeds: int = 0


Block = Leaf | Sequence | Parallel | Graph | Residual | Repeat | Experts | Module | Side
LINE = Sequence()
"""The block that does nothing."""


def linear(
    name: str,
    label: Words,
    inputs: int,
    width: int,
    *,
    bias: bool = False,
    part: Part = "other",
    role: Role = "plain",
    detail: Detail = "",
    outputs: tuple[str, ...] = ("",),
    cache: Cache | None = None,
) -> Leaf:
    """A linear projection from ``inputs`` to ``width`` features, stored as ``[width, inputs]``."""
    weights = (Weight("weight", (width, inputs)), *((Weight("bias", (width,)),) if bias else ()))
    return Leaf(name, label, role=role, detail=detail, weights=weights, part=part, outputs=outputs, cache=cache)

"""The algebra of models: the one tree that is counted and drawn.

A model is a tree of nine frozen nodes. Everything else (facts, pictures, differences) is a fold over it, written as a
``match`` that ends in ``assert_never``, so that the type checker lists every fold when a node is added.

The tree is read as a string diagram, from the input up: a block has lines that come in and lines that leave. Most
blocks have one of each; a projection that is split in three leaves three (``Leaf.outputs``), branches that are kept
apart (``Parallel(merge="separate")``) leave the sum of theirs, and the next leaf takes however many arrive. What no
tree of sequences and branches can say is a small ``Graph`` of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Literal, TypeAlias

from archdraw.glossary.phrases import Detail, Note, Words

Role = Literal[
    "input",  # what comes into a model: a source that is no tensor of it
    "plain",  # a projection or an operation that has no colour of its own
    "embedding",  # token and position tables, output head
    "norm",
    "attention",  # full softmax attention
    "sliding",  # softmax attention over a window or a chunk
    "linear",  # linear attention, state space, recurrent mixers
    "convolution",
    "feed_forward",
    "experts",
    "shared",  # an expert that every token passes
    "position",
    "latent",  # a compressed tensor, or one that is cached
    "auxiliary",  # beside the model: multi-token prediction, encoders of other modalities
    "unknown",  # known to be there, and nothing else published of it
]
"""What a block is, for its colour and for the choice of what is opened; never its only sign."""

Level = Literal[
    "model",
    "stack",  # the layers of a model
    "layer",  # one of them
    "side_layer",  # a layer of what stands beside the stack: an encoder's, a draft module's
    "encoder",  # the half of an encoder-decoder
    "unused",  # layers of an encoder whose output nothing uses
    "block",  # all else
]
"""What a module is in its model, whichever kind made it."""

Part = Literal[
    "embedding",
    "head",
    "attention",
    "feed_forward",
    "experts",
    "shared_experts",
    "router",
    "norm",
    "encoder",
    "multi_token_prediction",
    "other",
]
"""Which part of a model the parameters of a leaf are counted under."""

Pattern = Literal["window", "chunk", "prefix", "selection"]
"""Which keys a query meets where not all: the nearest, those of its chunk, all of a prefix, those that are chosen."""

Setting: TypeAlias = str | int | float | bool | None
"""One value that an author gave a block; None for what it does without."""

Settings: TypeAlias = tuple[tuple[str, Setting], ...]
"""The settings of a block by the names of config.json; those of a kind within it with its name before them
(``position.rope_theta``)."""

Merge = Literal["add", "multiply", "concatenate", "separate"]


@dataclass(frozen=True, slots=True)
class Weight:
    """One tensor of a checkpoint: ``name`` below its block's path (``weight``, ``bias``), ``shape`` as stored.

    A name with a dot (``q_norm.weight``) is below the enclosing module instead: one box, two tensors. A tensor that is
    ``tied`` is another block's, one that is a ``buffer`` is not trained (a router's balancing bias): neither counts.
    """

    name: str
    shape: tuple[int, ...]
    tied: bool = False
    buffer: bool = False

    @property
    def count(self) -> int:
        """Number of parameters that this tensor adds to the model."""
        return 0 if self.tied or self.buffer else prod(self.shape)


@dataclass(frozen=True, slots=True)
class Window:
    """How far back a layer sees: ``size`` tokens, counted from each token or (``chunked``) from its chunk's start."""

    size: int
    chunked: bool = False


@dataclass(frozen=True, slots=True)
class Cache:
    """What a token leaves in the key-value cache: ``elements`` values, kept for ``window`` tokens (None: for all).

    A compressed cache gets one such entry for ``every`` so many tokens. One of an ``index`` holds what an indexer
    chooses tokens by, neither keys nor values of the attention itself, and is counted apart. So is ``cross``: what
    cross-attention keeps for each position of an encoder's output, of which there are as many as its ``window`` says.
    """

    elements: int
    window: Window | None = None
    every: int = 1
    index: bool = False
    cross: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """How the query heads share key and value heads: ``query`` is a multiple of ``key_value``.

    A head is ``width`` features wide, in values ``value_width`` where that is another number. A query meets at most
    ``reach`` keys (None: all), each of which stands for ``every`` so many tokens; :mod:`archdraw.tree.masks` has which,
    by ``pattern`` and ``causal``. Those of latent attention are not ``cached`` as they are: they are made from what is.
    Keys and values that are not of the sequence itself but of an encoder make it ``cross`` attention.
    """

    query: int
    key_value: int
    width: int
    value_width: int | None = None
    reach: int | None = None
    every: int = 1
    cached: bool = True
    cross: bool = False
    causal: bool = True
    pattern: Pattern = "window"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block without parts: a projection, a norm, an operation.

    ``name`` is the checkpoint's (``q_proj``), ``label`` and ``detail`` are the two lines of its box. ``inputs`` lines
    come in; ``outputs`` names the lines that leave, of which a single one needs no name. A leaf with 0 inputs is a
    source: its lines come from elsewhere in the model (another layer's keys, an encoder's output), as its label says.

    ``tag`` is what the leaf shows next to its enclosing module when that is folded (RoPE, QK-norm); empty for nothing.
    ``state`` counts the values that a recurrent mixer keeps per layer whatever the context. ``heads`` is set on the
    leaf where attention heads meet. ``multiplications`` are those a token takes here beyond one for each weight of its
    matrices (a state's update). ``settings`` are what the kind that made it was given; two leaves that differ in a
    setting are two, even where they count and draw alike.
    """

    name: str
    label: Words
    role: Role = "plain"
    detail: Detail = ""
    weights: tuple[Weight, ...] = ()
    part: Part = "other"
    inputs: int = 1
    outputs: tuple[str, ...] = ("",)
    tag: Detail = ""
    cache: Cache | None = None
    state: int = 0
    heads: Heads | None = None
    multiplications: int = 0
    settings: Settings = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """Blocks one after the other, the first nearest to the input. An empty one is a plain line."""

    parts: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches side by side, left to right.

    One line that comes in is read by every branch; several are dealt out, each branch taking as many as it has inputs.
    ``merge`` joins the branches into one line; "separate" hands all their lines to the next block.
    """

    branches: tuple[Block, ...]
    merge: Merge = "add"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Residual:
    """``x + body(x)``."""

    body: Block


@dataclass(frozen=True, slots=True)
class Repeat:
    """``body``, ``times`` in a row, each with weights of its own unless ``tied``. ``times`` is 1 or more.

    A tied repeat is a loop: the same weights are gone through again and again, each time with a cache of its own.
    """

    body: Block
    times: int
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Experts:
    """``total`` copies of ``body`` of which each token passes ``active``."""

    body: Block
    total: int
    active: int


@dataclass(frozen=True, slots=True)
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
    detail: Detail = ""
    kind: str = ""
    title: Words = ""
    notes: tuple[Note, ...] = ()
    settings: Settings = ()
    level: Level = "block"


@dataclass(frozen=True, slots=True)
class Side:
    """A module beside the spine, at its place in a sequence; it does not change the line that passes.

    ``direction`` "in": its output joins the line (an image encoder); "out": it reads the line (multi-token prediction).
    A side that is not ``counted`` is no part of the model's total, by the convention of published counts. One that
    comes in and does not ``join`` the line is met elsewhere, by the cross-attention of the layers.
    """

    body: Module
    direction: Literal["in", "out"]
    counted: bool = True
    joins: bool = True


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
    weights = (Weight("weight", (width, inputs)),) + ((Weight("bias", (width,)),) if bias else ())
    return Leaf(name, label, role=role, detail=detail, weights=weights, part=part, outputs=outputs, cache=cache)


def renamed(block: Leaf | Module, name: str) -> Leaf | Module:
    """``block`` under another name, everything else equal."""
    return replace(block, name=name)

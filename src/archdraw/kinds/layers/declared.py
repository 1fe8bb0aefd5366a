"""What an author says of blocks of his own: cache, state and operations, which tokens pass, what is trained."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from archdraw.checked import Checked, Field
from archdraw.glossary import Detail, Words
from archdraw.glossary import layers as words
from archdraw.kinds.base import Composed, KindError
from archdraw.kinds.fields import Size
from archdraw.kinds.leaves import with_leaves
from archdraw.records import replaced
from archdraw.tree.blocks import Block, Cache, Experts, Leaf, Repeat, Role, Side, Window
from archdraw.tree.walks import children, leaves

Amount = Annotated[int, Field(ge=0, le=10**12)]
"""A number of values or operations, none included."""

CACHING: frozenset[Role] = frozenset({"attention", "sliding", "latent"})
"""Roles of blocks that keep something of each token, unless their author says that they don't."""


class CacheEntry(Checked):
    """What each token leaves in the KV cache: so many values, for so many tokens."""

    elements: Amount = Field(description="Values of one entry.")
    window: Size | None = Field(default=None, description="Tokens for which an entry is kept; all unless given.")
    every: Size = Field(default=1, description="Tokens that share one entry.")


OwnCache = Annotated[
    Amount | CacheEntry | None,
    Field(
        description=(
            "Values that each token leaves in the KV cache, or {elements, window, every}; 0 for none. "
            "Left out at an attention of one's own, the cache is not known."
        )
    ),
]
OwnState = Annotated[
    Amount | None, Field(description="Values of a recurrent state, which does not grow with the context.")
]
OwnMultiplications = Annotated[
    Amount | None, Field(description="Multiplications per token beyond those with the weights of its matrices.")
]
Passes = Annotated[
    float | None,
    Field(
        gt=0,
        le=1,
        allow_inf_nan=False,
        description=(
            "Share of tokens that reach the block (Mixture of Depths); the others pass it by. "
            "Operations and cache are scaled by it, parameters are not."
        ),
    ),
]
Trainable = Annotated[
    bool | None,
    Field(description="Whether its weights are trained; false: frozen. Left out, as in the block around it."),
]


class Declared(Composed):
    """What an author can say of any block of his own."""

    cache: OwnCache = None
    state: OwnState = None
    multiplications: OwnMultiplications = None
    passes: Passes = None
    trainable: Trainable = None


class Declaring(Declared):
    """The base of an author's own blocks that are one box."""

    def declared(self, leaf: Leaf, *, attends: bool = False) -> Leaf:
        """``leaf`` with what is said of it. One that ``attends`` has an unknown cache where nothing is said."""
        made = replaced(
            leaf,
            cache=entry(self.cache),
            state=self.state or 0,
            multiplications=self.multiplications or 0,
            passes=share(self.passes),
            uncertain=attends and self.cache is None and not self.state,
            detail=with_remarks(leaf.detail, self.passes, self.trainable),
        )
        return trained(made, self.trainable)  # type: ignore[return-value]


class DeclaringComposed(Declared):
    """The base of an author's own frames around other blocks."""

    def declared(self, body: Block, *, attends: bool) -> Block:
        """``body`` with what is said of it. Raises :class:`KindError` where it has no box to say it of."""
        if self.cache is not None:
            body = with_leaves(body, lambda leaf: replaced(leaf, cache=None, uncertain=False))
        elif attends and not any(leaf.cache or leaf.heads or leaf.state or leaf.uncertain for leaf in leaves(body)):
            body = with_leaves(body, lambda leaf: replaced(leaf, uncertain=not self.state))
        given = {"cache": entry(self.cache), "state": self.state, "multiplications": self.multiplications}
        if any(given.values()):
            body = self._said_once(body)
        return trained(passed(body, self.passes), self.trainable)

    def _said_once(self, body: Block) -> Block:
        """``body`` with cache, state and operations at the box of it that takes most lines."""
        places = sorted(_single(body), key=lambda leaf: -leaf.inputs)
        if not places:
            field = "cache" if self.cache is not None else "state" if self.state else "multiplications"
            raise KindError(f"{field} is said of a frame that has no single box inside", field, "say it of the block")
        chosen, done = places[0], list[bool]()

        def change(leaf: Leaf) -> Leaf:
            if leaf is not chosen or done:
                return leaf
            done.append(True)
            kept = leaf.state if self.state is None else self.state
            more = leaf.multiplications + (self.multiplications or 0)
            return replaced(leaf, cache=entry(self.cache) or leaf.cache, state=kept, multiplications=more)

        return with_leaves(body, change)


def entry(given: int | CacheEntry | None) -> Cache | None:
    """The entry of the tree; None where nothing is kept."""
    match given:
        case CacheEntry(elements=elements, window=window, every=every) if elements:
            return Cache(elements, None if window is None else Window(window), every)
        case int() if given:
            return Cache(given)
        case _:
            return None


def share(passes: float | None) -> Fraction:
    """The share as the author wrote it."""
    return Fraction(1) if passes is None else Fraction(str(passes))


def remarks(passes: float | None, trainable: bool | None) -> Iterator[Words]:
    """What stands in the second line of the box."""
    if passes is not None and passes < 1:
        yield words.PASSES(percent=round(100 * passes, 4))
    if trainable is not None:
        yield words.TRAINED() if trainable else words.FROZEN()


def with_remarks(detail: Detail, passes: float | None, trainable: bool | None) -> Detail:
    """A second line and what is said of a block beside it."""
    said = tuple(remarks(passes, trainable))
    return (*(detail if isinstance(detail, tuple) else (detail,)), *said) if said else detail


def passed(block: Block, passes: float | None) -> Block:
    """``block`` where only a share of tokens reaches it."""
    reached = share(passes)
    return block if reached == 1 else with_leaves(block, lambda leaf: replaced(leaf, passes=leaf.passes * reached))


def trained(block: Block, trainable: bool | None) -> Block:
    """``block`` with its weights trained or frozen, those that an inner block says it of kept."""

    def change(leaf: Leaf) -> Leaf:
        weights = (one if one.trainable is not None else replaced(one, trainable=trainable) for one in leaf.weights)
        return replaced(leaf, weights=tuple(weights))

    return block if trainable is None else with_leaves(block, change)


def _single(block: Block) -> Iterator[Leaf]:
    """The leaves of ``block`` that are there once."""
    match block:
        case Leaf():
            yield block
        case Repeat() | Experts() | Side():
            return
        case _:
            for child in children(block):
                yield from _single(child)

"""Which keys attention meets, and what it keeps of them."""

from __future__ import annotations

from fractions import Fraction

from archdraw.records import record
from archdraw.tree.roles import Pattern


@record
class Window:
    """How far back a layer sees: ``size`` tokens, counted from each token or (``chunked``) from its chunk's start."""

    size: int
    chunked: bool = False


@record
class Cache:
    """What a token leaves in the key-value cache: ``elements`` values, kept for ``window`` tokens (None: for all).

    A compressed cache gets one such entry for ``every`` so many tokens. Counted apart are the keys of an indexer
    (``index``), and what ``cross``-attention keeps of each position of an encoder's output, ``window`` positions long.
    """

    elements: int
    window: Window | None = None
    every: int | Fraction = 1
    index: bool = False
    cross: bool = False


@record
class Heads:
    """How the query heads share key and value heads: ``query`` is a multiple of ``key_value``.

    A head is ``width`` features wide, in values ``value_width`` where that is another number. A query meets at most
    ``reach`` keys (None: all), those that :mod:`archdraw.tree.masks` finds by ``pattern`` and ``causal``, each for
    ``every`` so many tokens, and besides the ``first`` so many of the sequence. Latent attention makes them of what is
    ``cached``, ``cross`` attention of an encoder's. They are ``kept`` for later tokens unless all come at once.
    Where attention is causal but for ``images``, the tokens of an image meet all others of that image.
    Selected keys come in blocks of ``block`` tokens, the last ``local`` blocks up to the query's own always.
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
    first: int = 0
    kept: bool = True
    block: int = 1
    local: int = 0
    images: bool = False

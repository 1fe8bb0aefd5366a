"""The lightning indexer of sparse attention: a small attention that selects the keys which the large one attends to."""

from __future__ import annotations

from archdraw.glossary import Phrase, Term, Words, common, positions
from archdraw.glossary import sparse_attention as words
from archdraw.records import record
from archdraw.tree.blocks import Cache, Heads, Leaf, Sequence, Weight, linear

SELECTED = "top-k"
"""The line from an indexer to the attention."""


@record
class Indexer:
    """A lightning indexer (DeepSeek Sparse Attention) as its leaves, for a tree in which its lines cross the mixer's.

    ``heads`` queries of ``width`` features, computed from ``rank`` features (a latent, or ``hidden``), are compared
    with one key per token; the sum over heads of weight · ReLU(query · key) is a token's score, and the ``top`` best
    are attended to. With ``pooled`` each key stands for so many tokens: a weighted mean with learned weights (GLM-5.3).
    """

    hidden: int
    rank: int
    heads: int
    width: int
    top: int
    pooled: int = 1

    def weights(self) -> Leaf:
        """The projection to one weight for each head."""
        return index_weights("indexer.weights_proj", self.hidden, self.heads)

    def keys(self) -> Sequence:
        """The projection to the one key and its LayerNorm, with the entry that a token leaves in the index cache."""
        pool: tuple[Weight, ...] = ()
        if self.pooled > 1:
            pool = (
                Weight("indexer.index_kpool_compress_gate", (self.width, self.hidden)),
                Weight("indexer.index_kpool_compress_ape", (self.pooled, self.width)),
            )
        key = Leaf(
            "indexer.wk",
            words.INDEX_KEYS(width=self.width),
            role="latent",
            detail="" if self.pooled == 1 else words.ONE_PER_TOKENS(tokens=self.pooled),
            weights=(Weight("weight", (self.width, self.hidden)), *pool),
            part="attention",
            outputs=("index K",),
            cache=Cache(self.width, every=self.pooled, index=True),
        )
        scales = (Weight("weight", (self.width,)), Weight("bias", (self.width,)))
        norm = Leaf(
            "indexer.k_norm", common.LAYERNORM(), role="norm", weights=scales, part="norm", outputs=("index K",)
        )
        return Sequence((key, norm))

    def queries(self, name: str = "indexer.wq_b") -> Leaf:
        """The projection to the index queries, ``name`` in the checkpoint."""
        return index_queries(name, self.rank, self.heads, self.width)

    def choice(self, rotated: int) -> Leaf:
        """Scores and selection: lines weights, index K and index Q come in, the selected tokens leave.

        So many features of each index query and key are ``rotated``.
        """
        heads = Heads(self.heads, 1, self.width, 0, every=self.pooled, cached=False)
        return lightning_indexer(words.TOP_TOKENS, self.top, heads, rotated=rotated)

    def notes(self) -> tuple[Phrase, ...]:
        """Facts for the notes of the mixer."""
        return (index_cache(self.width, self.pooled),)


def index_weights(name: str, hidden: int, heads: int) -> Leaf:
    """The projection to one weight for each of the index ``heads``."""
    label, detail = words.INDEX_WEIGHTS(heads=heads), words.INDEX_WEIGHTS_OF()
    return linear(name, label, hidden, heads, part="attention", detail=detail, outputs=("weights",))


def index_queries(name: str, rank: int, heads: int, width: int) -> Leaf:
    """The projection to index queries of ``heads`` heads, ``width`` features each."""
    label = words.INDEX_QUERIES(heads=heads, width=width)
    return linear(name, label, rank, heads * width, part="attention", outputs=("index Q",))


def lightning_indexer(selected: Term, top: int, heads: Heads, *, rotated: int, among: Words = "") -> Leaf:
    """The leaf that scores and selects ``top`` keys, ``among`` others; ``selected`` is the term that counts them.

    So many features of each query and key are ``rotated``, at most all of them.
    """
    part = positions.PARTIAL_ROPE(rotated=rotated, width=heads.width)
    rotation = "" if not rotated else part if rotated < heads.width else positions.ROPE()
    return Leaf(
        "indexer",
        words.LIGHTNING_INDEXER(),
        role="attention",
        detail=(selected(number=top), among, rotation),
        part="attention",
        inputs=3,
        outputs=(SELECTED,),
        tag=(words.TOP if selected is words.TOP_TOKENS else selected)(number=top),
        heads=heads,
    )


def shared_index(top: int) -> Leaf:
    """The selection of the last earlier layer that has an indexer."""
    return Leaf(
        "indexer",
        words.SHARED_INDEX(),
        role="attention",
        detail=words.TOP_OF_EARLIER(number=top),
        part="attention",
        inputs=0,
        outputs=(SELECTED,),
        tag=words.SHARED_TOP(number=top),
    )


def index_cache(width: int, tokens: int = 1) -> Phrase:
    """What an indexer adds to the cache: a key of ``width`` values for so many ``tokens``."""
    if tokens == 1:
        return words.INDEX_CACHE(width=width)
    return words.INDEX_CACHE_POOLED(width=width, tokens=tokens)

"""The lightning indexer of sparse attention: a small attention that chooses which tokens the large one meets."""

from __future__ import annotations

from dataclasses import dataclass

from archdraw.kinds.wording import NBSP
from archdraw.tree.blocks import Cache, Heads, Leaf, Sequence, Weight, linear


@dataclass(frozen=True, slots=True)
class Indexer:
    """A lightning indexer (DeepSeek Sparse Attention) as its leaves, for a tree in which its lines cross the mixer's.

    ``heads`` queries of ``width`` features, made from a latent of ``rank`` features, meet one key a token; the sum of
    ReLU(query · key), weighted for each head, is a token's score, and the ``chosen`` best are attended to. With
    ``pooled`` each key stands for so many tokens: a weighted mean with learned weights (GLM-5.3).
    """

    hidden: int
    rank: int
    heads: int
    width: int
    chosen: int
    pooled: int = 1

    def weights(self) -> Leaf:
        """The projection to one weight for each head."""
        return linear(
            "indexer.weights_proj",
            f"weights {self.heads}",
            self.hidden,
            self.heads,
            part="attention",
            detail="of index heads",
            outputs=("weights",),
        )

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
            f"index K {self.width}",
            role="latent",
            detail="" if self.pooled == 1 else f"1 for {self.pooled} tokens",
            weights=(Weight("weight", (self.width, self.hidden)), *pool),
            part="attention",
            outputs=("index K",),
            cache=Cache(self.width, every=self.pooled, index=True),
        )
        scales = (Weight("weight", (self.width,)), Weight("bias", (self.width,)))
        norm = Leaf("indexer.k_norm", "LayerNorm", role="norm", weights=scales, part="norm", outputs=("index K",))
        return Sequence((key, norm))

    def queries(self) -> Leaf:
        """The projection of the queries' latent to the index queries."""
        return linear(
            "indexer.wq_b",
            f"index Q {self.heads} × {self.width}",
            self.rank,
            self.heads * self.width,
            part="attention",
            outputs=("index Q",),
        )

    def choice(self, rotated: bool) -> Leaf:
        """Scores and choice: lines weights, index K and index Q come in, the chosen tokens leave."""
        return Leaf(
            "indexer",
            "Lightning indexer",
            role="attention",
            detail=f"top {self.chosen:,}{NBSP}tokens" + (", RoPE" if rotated else ""),
            part="attention",
            inputs=3,
            outputs=("chosen",),
            tag=f"top {self.chosen:,}",
            heads=Heads(self.heads, 1, self.width, 0, every=self.pooled, cached=False),
        )

    def notes(self) -> tuple[str, ...]:
        """Sentences for the notes of the mixer."""
        what = f"index: {self.width} values a token more"
        return (what if self.pooled == 1 else f"index: {self.width} values for {self.pooled} tokens",)


def chosen_elsewhere(chosen: int) -> Leaf:
    """The choice of the last layer before that has an indexer, taken over."""
    return Leaf(
        "indexer",
        "Shared index",
        role="attention",
        detail=f"top {chosen:,}{NBSP}of a layer before",
        part="attention",
        inputs=0,
        outputs=("chosen",),
        tag=f"top {chosen:,}, shared",
    )

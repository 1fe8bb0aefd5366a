"""Parts of latent attention that stand by themselves: what it caches, queries with a gate of their own latent."""

from __future__ import annotations

from dataclasses import replace

from archdraw.glossary import Phrase, common
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.kinds.mixers.attention_parts import bf16_bytes, layer_norm
from archdraw.kinds.mixers.indexer import Indexer
from archdraw.tree.blocks import LINE, Block, Leaf, Parallel, Sequence, Weight, linear


def latent_cache(latent: int, key: int) -> Phrase:
    """What a token adds to the cache of a layer: ``latent`` values, and ``key`` of the key that all heads share."""
    size = bf16_bytes(latent + key)
    if not key:
        return words.LATENT_CACHE(width=latent, size=size)
    return words.LATENT_AND_KEY_CACHE(width=latent, key=key, size=size)


def both_latents(norm: Block, index_queries: Block | None, queries: Leaf) -> Block:
    """From the latent of queries to the lines of the indexer, if there is one, and of the ``queries``.

    The latter read the latent as it is after and before its ``norm``; index queries the normalized one alone.
    """
    both = Sequence((Parallel((norm, LINE), "separate"), replace(queries, inputs=2)))
    if index_queries is None:
        return both
    # The norm is one block: where it stands a second time, its weights are those of the first.
    again = Leaf("q_a_layernorm", common.RMSNORM(), role="norm", detail=common.SHARED(), part="norm")
    return Parallel((Sequence((again, index_queries)), both), "separate")


def query_gate(rank: int, width: int) -> Block:
    """The gate of ``width`` features from the latent of queries, ``rank`` features before and after the norm."""
    source = Leaf("latents", words.BOTH_QUERY_LATENTS(width=2 * rank), detail=common.SHARED(), inputs=0)
    projection = linear("q_gate_proj.gate", attention_words.GATE(width=width), 2 * rank, width, part="attention")
    return Sequence((source, projection, Leaf("gate", common.SIGMOID())))


def learned_scaling(name: str, heads: int, line: str) -> Leaf:
    """What multiplies the queries of each head by a learned function of the position; ``line`` is their name."""
    return Leaf(
        name,
        attention_words.LEARNED_SCALING(),
        detail=attention_words.WEIGHTS_PER_HEAD(),
        weights=(Weight("scale", (heads,)), Weight("bias", (heads,))),
        part="attention",
        outputs=(line,),
    )


def index_queries_of_input(indexer: Indexer) -> Block:
    """Index queries where there is no latent of queries: of the input behind a LayerNorm, scaled by the position."""
    scaled = learned_scaling("indexer.softmax_scaling", indexer.heads, "index Q")
    return Sequence((layer_norm("indexer.q_input_norm", indexer.hidden), indexer.queries(), scaled))


def shared_latent(latent: int, rotary: int) -> Leaf:
    """The ``latent`` that an earlier layer has cached, normalized there, and its shared key of ``rotary`` features."""
    return Leaf(
        "kv_source",
        words.SHARED_LATENT(),
        role="latent",
        part="attention",
        inputs=0,
        outputs=("latent", "shared key") if rotary else ("latent",),
        reused=latent + rotary,
    )

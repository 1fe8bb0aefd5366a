"""Design decisions that models take: what lineage, timeline, coverage and tables count models by.

A concept is a term with its place in such lists. Those of the kinds that come with archdraw stand here, so that two
kinds that take one decision name the same; a kind of another package may bring its own. Which block takes which
decision, its kind says (:meth:`archdraw.kinds.base.Kind.concepts_used`); what only a whole stack shows is found by
:mod:`archdraw.analysis.concepts`.
"""

from __future__ import annotations

from typing import Literal

from archdraw.records import record

Group = Literal["token mixing", "positions", "layer", "feed-forward", "model"]
GROUPS: tuple[Group, ...] = ("token mixing", "feed-forward", "positions", "layer", "model")
"""What concepts are about, in the order of display: what says most about a model first."""

ROLES: dict[Group, str] = {
    "token mixing": "attention",
    "feed-forward": "experts",
    "positions": "position",
    "layer": "norm",
    "model": "auxiliary",
}
"""The colour of a group, by the role of blocks that have it."""

Measure = Literal["experts", "heads", "window"]
"""A number that says more about a concept: how many experts of how many, how many heads, how large a window."""


@record
class Concept:
    """One design decision.

    ``name`` is the field's term, ``short`` its abbreviation. ``about`` is the group that it is listed in. ``usual``
    concepts say little of a model, since most have them. Of concepts with one
    ``choice`` ("norm placement", "activation") one takes the place of another. ``measure`` is the number that goes with
    it, ``mentions`` are further words by which authors refer to it. ``role`` gives its colour, that of its group unless
    blocks that take it have another.
    """

    name: str
    about: Group
    short: str = ""
    usual: bool = False
    choice: Literal["", "norm placement", "activation"] = ""
    measure: Measure | Literal[""] = ""
    mentions: tuple[str, ...] = ()
    role: str = ""

    def __post_init__(self) -> None:
        if not self.role:
            object.__setattr__(self, "role", ROLES[self.about])

    @property
    def brief(self) -> str:
        """The abbreviation where there is one, else the name."""
        return self.short or self.name


# Token mixing
MULTI_HEAD = Concept("multi-head attention", "token mixing", "MHA")
GROUPED_QUERY = Concept(
    "grouped-query attention", "token mixing", "GQA", measure="heads", mentions=("query groups", "KV heads")
)
MULTI_QUERY = Concept("multi-query attention", "token mixing", "MQA")
LATENT_ATTENTION = Concept(
    "multi-head latent attention", "token mixing", "MLA", mentions=("latent attention",), role="latent"
)
DIFFERENTIAL_LATENT = Concept("differential latent attention", "token mixing", role="latent")
COMPRESSED_ATTENTION = Concept("compressed attention", "token mixing", role="latent")
CONVOLUTIONAL_ATTENTION = Concept("compressed convolutional attention", "token mixing", "CCA")
INDEXER = Concept("DSA lightning indexer", "token mixing", mentions=("indexer", "sparse attention"))
SHARED_INDEX = Concept("cross-layer index sharing", "token mixing", mentions=("shared index",))
BLOCK_SPARSE = Concept("block-sparse attention", "token mixing")
SLIDING_WINDOW = Concept(
    "sliding-window attention", "token mixing", "SWA", measure="window", mentions=("window", "sliding"), role="sliding"
)
CHUNKED = Concept("chunked attention", "token mixing", role="sliding")
SINKS = Concept("attention sinks", "token mixing")
OUTPUT_GATE = Concept("attention output gate", "token mixing", mentions=("output gate", "gated attention"))
KEYS_ARE_VALUES = Concept("K = V", "token mixing", mentions=("keys as values",))
SHARED_KEYS_VALUES = Concept("cross-layer KV sharing", "token mixing", mentions=("shared keys and values",))
HEADS_BY_LAYER = Concept("per-layer query heads", "token mixing")
ATTENTION_BIAS = Concept("attention bias", "token mixing", mentions=("bias",))
QK_NORM = Concept("QK-norm", "token mixing", role="norm")
SOFTCAPPING = Concept("attention-logit softcapping", "token mixing", mentions=("softcap", "cap"))
CROSS_ATTENTION = Concept("cross-attention", "token mixing")
GATED_DELTA_NET = Concept("Gated DeltaNet", "token mixing", role="linear")
KIMI_DELTA = Concept("Kimi Delta Attention", "token mixing", "KDA", role="linear")
LIGHTNING = Concept("lightning attention", "token mixing", role="linear")
MAMBA = Concept("Mamba", "token mixing", role="linear")
MAMBA_2 = Concept("Mamba-2", "token mixing", role="linear")
MLSTM = Concept("mLSTM", "token mixing", role="linear")
RG_LRU = Concept("RG-LRU", "token mixing", mentions=("gated linear recurrence", "recurrence"), role="linear")
RWKV = Concept("RWKV time mixing", "token mixing", role="linear")
SHORT_CONVOLUTION = Concept("short-convolution mixer", "token mixing", mentions=("convolution",), role="convolution")

# Feed-forward
SWIGLU = Concept("SwiGLU", "feed-forward", usual=True, choice="activation", role="feed_forward")
GEGLU = Concept("GeGLU", "feed-forward", choice="activation", role="feed_forward")
REGLU = Concept("ReGLU", "feed-forward", choice="activation", role="feed_forward")
GELU = Concept("GELU", "feed-forward", choice="activation", role="feed_forward")
RELU = Concept("ReLU", "feed-forward", choice="activation", role="feed_forward")
SILU = Concept("SiLU", "feed-forward", choice="activation", role="feed_forward")
SQUARED_RELU = Concept("squared ReLU", "feed-forward", choice="activation", role="feed_forward")
XIELU = Concept("xIELU", "feed-forward", choice="activation", role="feed_forward")
SITU_GLU = Concept("SiTU-GLU", "feed-forward", choice="activation", role="feed_forward")
POLYNORM = Concept("PolyNorm", "feed-forward", choice="activation", role="feed_forward")
MIXTURE_OF_EXPERTS = Concept("mixture of experts", "feed-forward", "MoE", measure="experts", mentions=("experts",))
SHARED_EXPERT = Concept("shared expert", "feed-forward")
LATENT_EXPERTS = Concept("latent MoE", "feed-forward", mentions=("latent experts",))
ZERO_EXPERTS = Concept("zero-computation experts", "feed-forward")
HASH_ROUTING = Concept("hash routing", "feed-forward")
SIGMOID_ROUTING = Concept("sigmoid routing", "feed-forward", usual=True)
PARALLEL_DENSE = Concept("parallel dense FFN + MoE", "feed-forward", mentions=("dense residual",))
SHORTCUT_EXPERTS = Concept("shortcut-connected MoE", "feed-forward", mentions=("shortcut",))
LEADING_DENSE = Concept("leading dense layers", "feed-forward", mentions=("dense layer", "first layers dense"))
ALTERNATING_EXPERTS = Concept("alternating dense/MoE", "feed-forward", mentions=("every other layer",))

# Positions
ROPE = Concept("RoPE", "positions", usual=True)
PARTIAL_ROPE = Concept("partial RoPE", "positions")
ROPE_BASE_BY_LAYER = Concept("per-layer RoPE base", "positions")
YARN = Concept("YaRN", "positions")
NOPE = Concept("NoPE", "positions", mentions=("no position", "without position"))
LEARNED_POSITIONS = Concept("learned positions", "positions", mentions=("position embedding",))
SINUSOIDAL_POSITIONS = Concept("sinusoidal positions", "positions")
RELATIVE_POSITIONS = Concept("relative positions", "positions")
ALIBI = Concept("ALiBi", "positions")
ADDED_POSITIONS = Concept("positions added in every layer", "positions")

# Layer
PRE_NORM = Concept("pre-norm", "layer", usual=True, choice="norm placement")
POST_NORM_INSIDE = Concept("post-norm inside the residual", "layer", choice="norm placement")
POST_NORM = Concept("post-norm", "layer", choice="norm placement")
SANDWICH_NORM = Concept("sandwich norm", "layer", choice="norm placement")
PARALLEL_BLOCK = Concept("parallel block", "layer")
LAYER_NORM = Concept("LayerNorm", "layer")
HYPER_CONNECTIONS = Concept("hyper-connections", "layer", mentions=("residual streams", "mHC"))
ATTENTION_RESIDUALS = Concept("attention residuals", "layer")
SCALED_RESIDUALS = Concept("scaled residuals", "layer", mentions=("multiplier",))
GATED_RESIDUALS = Concept("gated residuals", "layer")
LOOPED_DEPTH = Concept("looped depth", "layer", mentions=("loop",))
EXIT_GATE = Concept("exit gate", "layer")

# The model as a whole
TIED_EMBEDDINGS = Concept("tied embeddings", "model", usual=True, mentions=("output table",), role="embedding")
MULTI_TOKEN_PREDICTION = Concept("multi-token prediction", "model", "MTP", mentions=("predict",))
NGRAM_TABLES = Concept("n-gram tables", "model", mentions=("n-gram", "Engram"), role="embedding")
PER_LAYER_EMBEDDINGS = Concept("per-layer embeddings", "model", "PLE", role="embedding")
IMAGE_INPUT = Concept("image input", "model", mentions=("image", "vision"))
AUDIO_INPUT = Concept("audio input", "model", mentions=("audio", "sound", "speech"))
ENCODER_DECODER = Concept("encoder-decoder", "model", mentions=("encoder",))

SHIPPED: tuple[Concept, ...] = tuple(found for found in tuple(vars().values()) if isinstance(found, Concept))
"""Every concept of this module, in the order of display."""

"""Terms of layers, stacks and loops, and of the blocks that an author composes."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# Layers
DECODER_LAYER = Term(
    "Decoder layer",
    definition="a token mixer and a feed-forward network, each with its norm in a residual branch",
    source="Vaswani et al. 2017, arXiv:1706.03762",
)
ENCODER_LAYER = Term(
    "Encoder layer",
    definition="a layer in which each token attends to all tokens, later ones included",
    source="Vaswani et al. 2017, arXiv:1706.03762",
)
SHORTCUT_LAYER = Term(
    "Shortcut-connected MoE layer",
    short="ScMoE layer",
    definition="a layer whose experts run in parallel to its second mixer and dense feed-forward network",
    source="Cai et al. 2024, arXiv:2404.05019; LongCat-Flash, arXiv:2509.01322",
)
LAYER = Term("Layer", definition="one layer of the stack, composed of other blocks")
STACK = Term("Layer stack", short="Layers", definition="layers one after the other, in a pattern that repeats")
LAYERS = Term("Layers", definition="all layers of a model or of an encoder")
LOOP = Term(
    "Loop",
    definition="a stack of layers that is applied several times with the same weights",
    source="Dehghani et al. 2018, arXiv:1807.03819",
)

# Norms where they stand before and after a sublayer
PRE_ATTENTION = Term("Pre-attention {norm}")
POST_ATTENTION = Term("Post-attention {norm}")
PRE_CROSS_ATTENTION = Term("Pre-cross-attention {norm}")
POST_CROSS_ATTENTION = Term("Post-cross-attention {norm}")
PRE_MIXER = Term(
    "Pre-mixer {norm}", definition="before a token mixer, in some layers or all another one than attention"
)
POST_MIXER = Term(
    "Post-mixer {norm}", definition="after a token mixer, in some layers or all another one than attention"
)
PRE_FFN = Term("Pre-FFN {norm}")
POST_FFN = Term("Post-FFN {norm}")
BEFORE_ATTENTION = Term("{what} before attention")
BEFORE_MIXER = Term("{what} before the mixer")
BEFORE_FFN = Term("{what} before the FFN")
SAME_NORM = Term("{norm} (of the first FFN)", definition="a norm that two branches read, drawn on both")

# Loops
EXIT_GATE = Term(
    "Exit gate",
    definition="the probability that a pass is the last one, from the line after it",
    source="Ouro, arXiv:2510.25741",
)
EXIT_AT = Term("exit at cumulative probability {threshold}")
EXIT_NEVER = Term("exit at cumulative probability 1: never early")

# What is not disclosed
UNPUBLISHED = Term("Undisclosed block", definition="a block that its publisher names and does not describe")
UNPUBLISHED_LAYERS = Term("Undisclosed layers", definition="layers whose number is not disclosed")
NOT_DISCLOSED = Term("not disclosed")
NUMBER_NOT_DISCLOSED = Term("number not disclosed")

# Blocks of the author's own
SEQUENCE = Term("Sequence", definition="blocks one after the other")
RESIDUAL = Term(
    "Residual connection",
    definition="x + body(x)",
    source="He et al. 2015, arXiv:1512.03385",
)
PARALLEL = Term("Parallel branches", definition="blocks that read the same line, and how their outputs are merged")
REPEAT = Term("Repeated block", definition="a block several times in a row, each time with weights of its own")
EXPERTS = Term(
    "Experts",
    definition="copies of a block, of which each token passes a few that a router selects",
    source="Shazeer et al. 2017, arXiv:1701.06538",
)
LINEAR = Term("Linear projection", definition="x W, and a bias where there is one")
LINEAR_TO = Term("linear {width}")
NAMED_TO = Term("{name} {width}", definition="a linear projection by its author's name for it, and its output features")
OPERATION = Term("Operation", definition="a function without weights")
MODULE = Term("Module", definition="a named block that is drawn folded or opened")
GRAPH = Term("Graph", definition="blocks and the edges between them")

# What an author says of blocks of his own
PASSES = Term(
    "{percent}% of tokens",
    definition="the share of tokens that a block processes, the others pass it by",
    source="Raposo et al. 2024, Mixture-of-Depths, arXiv:2404.02258",
)
FROZEN = Term("frozen", definition="weights that training does not change")
TRAINED = Term("trained", definition="weights that training changes, in a model whose others are frozen")

GATED_RMSNORM = Term("Gated RMSNorm", definition="an RMSNorm whose output is multiplied by a sigmoid gate of itself")
SHARED_TRANSFORMER_LAYER = Term(
    "Shared transformer layer",
    definition="a recurrent layer that also reads what a transformer block shared by many layers makes of its input",
    source="Glorioso et al. 2024, Zamba, arXiv:2405.16712",
)
SHARED_TRANSFORMER = Term("Shared transformer block")
FIRST_EMBEDDINGS = Term("Token embeddings", definition="the line as it left the token embedding")
OWN_PROJECTION = Term("Projection of the layer's own")

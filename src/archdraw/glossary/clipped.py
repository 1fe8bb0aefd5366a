"""Terms of Inkling 2: clipped lengths, dynamic convolutions, means for each line, messages between passes."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

CLIPPED_ATTENTION = Term(
    "Clipped relative attention",
    definition="Relative attention whose queries and keys are bounded in length, with a gate and sinks of each token.",
    source="Inkling2FullAttention of transformers",
)
LENGTH_CLIP = Term("L2 clip", definition="A vector is scaled down to a length where it is longer.")
CLIPPED_TO = Term("L2 clip per head", definition="Each head's vector is scaled down to a length where it is longer.")
LENGTH_AND_SCALE = Term("{scaled} × learned scale; length ≤\u00a0{limit}")
DYNAMIC_CONVOLUTION = Term(
    "(dynamic conv (k\u00a0=\u00a0{kernel}) + residual) / √{taps}",
    definition="A causal convolution whose weights are learned ones and, for each head, some that each token makes.",
    source="Wu et al. 2019, Pay Less Attention with Lightweight and Dynamic Convolutions, arXiv:1901.10430",
)
TAPS = Term("weights {width}", definition="The weights of a dynamic convolution, made from a token.")
SINKS_OF = Term("sinks {number}", definition="A logit for each head, made from the token, that joins the softmax.")
SINK_OF_TOKEN = Term("one sink per head and token")

MEANS_FOR_LINES = Term("{means:mean|means} of sums: {lines:and}")
EMBEDDING_ALONE = Term("reads the embedding alone")
BARE_DEPTH_MEAN = Term("a sublayer reads Σ softmax(w · sum / √d) sum, over the normalized sums of all blocks so far")
BLOCK_RESIDUALS = Term(
    "Block attention residuals",
    definition="attention residuals whose sums are normalized without weights, with a mean of its own for Q, K and V",
    source="Inkling2BlockAttentionResidual of transformers",
)
NORM_OF_LINES = Term("RMSNorm of {lines:and}")
ONE_FOR_ALL = Term("one weight for all")

MESSAGES = Term(
    "Messages",
    definition="means of what the blocks of layers made in the pass before, weighted by learned queries",
    source="Inkling2LoopMessageAttentionResidual of transformers",
)
MESSAGES_FOR = Term("{number} per layer, of the pass before; the line begins anew")
MESSAGE_GATE = Term(
    "Message gate",
    definition="(1 − tanh f) x + tanh(m) message, f and m made by a projection of low rank from x and the message",
    source="Inkling2LoopMessageGate of transformers",
)
MESSAGE_GATES = Term("Message gates")
GATES_OF = Term("rank {rank}, from pass 2 on")

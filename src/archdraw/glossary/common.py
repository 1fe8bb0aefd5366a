"""Terms that blocks of many kinds share: activations, norms, widths."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

RMSNORM = Term(
    "RMSNorm",
    definition="x divided by its root mean square, times a learned weight for each feature",
    source="Zhang and Sennrich 2019, arXiv:1910.07467",
)
LAYERNORM = Term(
    "LayerNorm",
    definition="x less its mean, divided by its standard deviation, times a learned weight for each feature",
    source="Ba, Kiros and Hinton 2016, arXiv:1607.06450",
)

SILU = Term("SiLU", definition="x times sigmoid(x), also called swish", source="arXiv:1606.08415, arXiv:1710.05941")
GELU = Term("GELU", definition="x times the normal distribution function of x", source="arXiv:1606.08415")
QUICK_GELU = Term("quick GELU", definition="x times sigmoid(1.702 x), an approximation of GELU")
RELU = Term("ReLU", definition="the larger of x and 0")
SQUARED_RELU = Term("squared ReLU", short="ReLU²", definition="ReLU(x)²", source="So et al. 2021, arXiv:2109.08668")
SIGMOID = Term("sigmoid")
SOFTPLUS = Term("softplus", definition="log(1 + exp x)")
SOFTMAX = Term("softmax")
TANH = Term("tanh")

FROM_VOCABULARY = Term("vocab {inputs} → {outputs}", definition="tokens of the vocabulary, and features of a vector")
TO_VOCABULARY = Term("{inputs} → vocab {outputs}", definition="features of a vector, and tokens of the vocabulary")
WIDTHS = Term("{inputs} → {outputs}", definition="features of the line that comes in, and of the one that leaves")
LAYERS = Term("{number:layer|layers}")
BLOCKS = Term(
    "{number:block|blocks}", definition="of a convolutional network, whose layers are the convolutions in them"
)
PARAMETERS = Term("{count:parameters}")

KV_CACHE_PER_TOKEN = Term("KV cache per token", definition="keys and values of one token in all attention layers")
KV_CACHE_AT = Term("KV cache at {tokens:token|tokens}")
KV_CACHE = Term("KV cache")
NONE = Term("none")
BIDIRECTIONAL_ATTENTION = Term("attention is bidirectional")
CROSS_CACHE_PER_POSITION = Term(
    "cross-attention cache per encoder position",
    definition="keys and values of one position of the encoder's output in all cross-attention layers",
)
CROSS_CACHE_AT = Term("cross-attention cache at {positions:encoder position|encoder positions}")
BUFFERS = Term(
    "window and convolution buffers",
    definition="what attention keeps of a window and of unfinished entries, and convolutions of their last inputs",
)
RECURRENT_STATE = Term("recurrent state", definition="what recurrent mixers keep, whatever the context")
STATE_PRECISION = Term("state precision")
IN_BF16 = Term("{figure} (bf16)")
GRID = Term("{rows} × {columns}")
TIMES = Term("× {factor:root}")
GATE = Term("gate {width}", definition="a projection that another line is multiplied by")
TOP_K = Term("top-{number}", definition="the entries of highest score")
ACTIVE_OF = Term("{active} of {total}", definition="experts that a token passes, and all of them")
OUTPUT_PROJECTION = Term("Output projection")
PROJECTION = Term("Projection")
RANK = Term("rank {rank}", definition="features between the two matrices of a low-rank projection")
SHARED = Term("shared")
NO_WEIGHTS = Term("no weights")

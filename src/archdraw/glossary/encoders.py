"""Terms of encoders of other modalities, of encoder-decoders, and of the blocks that they are made of."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# What stands beside the model
ENCODER = Term(
    "Encoder",
    definition="the half of an encoder-decoder that reads the whole source at once",
    source="Vaswani et al. 2017, section 3.1, arXiv:1706.03762",
)
MODALITY_ENCODER = Term(
    "Encoder of another modality", definition="layers that turn images or audio into vectors that the model reads"
)
SIDE = Term("Side module", definition="a module beside the line, which passes it unchanged")
PROJECTOR = Term(
    "Projector",
    definition="what brings the output of an encoder to the width of the model",
    source="Liu et al. 2023, arXiv:2304.08485",
)
LAYERS_READ = Term(
    "{read} of {number:layer|layers}", definition="of an encoder: how many lead to what is read, and all"
)
UNUSED_LAYERS = Term("Unused layers", definition="layers of an encoder behind the one whose output is read")
FOLDING_ENCODER = Term("Folding encoder", definition="larger and larger neighborhoods of pixels, each one projection")

# Attention and feed-forward of encoders
ENCODER_ATTENTION = Term("Encoder attention", definition="softmax attention of tokens that see each other both ways")
ATTENTION = Term("Attention")
WINDOW_ATTENTION = Term("Window attention")
ROW_WINDOW_ATTENTION = Term("Row window attention")
COLUMN_WINDOW_ATTENTION = Term("Column window attention")
RELATIVE_POSITIONS = Term("relative positions")
FUSED = Term("Q, K, V 3 × {width}")
FUSED_GROUPED = Term("Q {queries}, K and V {keys}")
ENCODER_FFN = Term("Encoder FFN", definition="the feed-forward network of an encoder's layer")
TANH_FFN = Term("Tanh FFN")
GATED_FFN = Term("Gated FFN")
CLAMPED = Term("Clamped {ffn}")
GATED_PROJECTIONS = Term("Gated projections", definition="down(activation(gate(x)) × up(x)), without a frame")
GATE_AND_UP = Term("gate and up 2 × {width}")
ACTIVATION = Term("Activation function")

# Images and audio
PATCH_EMBEDDING = Term(
    "Patch embedding",
    definition="a linear projection of the pixels of a patch",
    source="Dosovitskiy et al. 2020, arXiv:2010.11929",
)
PATCHES = Term("{size} patches")
PATCH_GRID = Term("grid {extents}")
FRAMES = Term("{frames:frame|frames}")
TOKEN_PER_SQUARE = Term("one token per {side}×{side} px")
OF_FRAMES = Term("of {frames:frame|frames}, no attention")
FOLD = Term("fold {parts:and}")
FEATURES = Term("{width:feature|features}")

# Boxes with weights
WEIGHT = Term("Operation with weights", definition="a function with tensors of its own")
CONVOLUTION = Term("Convolution", definition="a weighted sum over a neighborhood, with the same weights everywhere")
CONVOLUTION_OVER = Term("Convolution {size}")
CONVOLUTION_STRIDE = Term("Convolution {size}, stride\u00a0{stride}")

# Cross-attention
CROSS_ATTENTION = Term(
    "Cross-attention",
    definition="queries of the decoder, keys and values of the encoder's output",
    source="Vaswani et al. 2017, section 3.2.3, arXiv:1706.03762",
)
ENCODER_OUTPUT = Term("encoder output")
SIDE_OUTPUT = Term("Output of a side module", definition="what a module beside the model leaves, read by its layers")
TO_CROSS_ATTENTION = Term("to all cross-attention layers")
COMPUTED_ONCE = Term("K and V computed once from the encoder output")
CROSS_CACHE = Term(
    "KV cache per encoder position and layer: "
    "2\u00a0×\u00a0{heads}\u00a0×\u00a0{width}\u00a0values ({size:bytes}, bf16)"
)
AT_MOST = Term("at most {vectors:vector|vectors}")

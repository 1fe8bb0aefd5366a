"""Terms of blocks that read or change the shape of a line, and of recurrent networks."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

INPUT = Term("Input", definition="what enters the model: token ids, pixels, frames of audio")

# Shapes
EXTENTS = Term("{extents:×}", definition="positions of a line over each of its axes: height and width of an image")
RESHAPED = Term("{inputs:×} → {outputs:×}", definition="shapes before and after, channels first")
FLATTEN = Term("Flatten", definition="all values of the grid as one vector, or each position of the grid as a token")
FLATTEN_TO_TOKENS = Term("Flatten to tokens", definition="each position of the grid becomes a token")
NUMBER_OF_TOKENS = Term("{number:token|tokens}")
RESHAPE = Term("Reshape", definition="the same values in another shape")
CONCATENATE = Term(
    "Concatenate", definition="lines side by side: their features, or their positions, follow each other"
)
CONCATENATE_POSITIONS = Term("Concatenate along the sequence")

# Convolution
TRANSPOSED = Term(
    "Transposed convolution {size}",
    definition="a convolution that enlarges the grid: each input adds a patch to the output",
    source="Zeiler et al. 2010, Deconvolutional Networks; Dumoulin and Visin 2016, arXiv:1603.07285",
)
TRANSPOSED_STRIDE = Term("Transposed convolution {size}, stride\u00a0{stride}")
DEPTHWISE = Term("Depthwise convolution {size}", definition="a convolution of each channel on its own")
DEPTHWISE_STRIDE = Term("Depthwise convolution {size}, stride\u00a0{stride}")
DILATED = Term("dilation {step}", definition="steps between the positions that a kernel reads")

# Pooling
POOLING = Term("Pooling", definition="the largest value, or the mean, of each neighborhood")
MAX_POOLING = Term("Max pooling {size}")
AVERAGE_POOLING = Term("Average pooling {size}")
MAX_POOLING_STRIDE = Term("Max pooling {size}, stride\u00a0{stride}")
AVERAGE_POOLING_STRIDE = Term("Average pooling {size}, stride\u00a0{stride}")
GLOBAL_MAX_POOLING = Term("Global max pooling")
GLOBAL_AVERAGE_POOLING = Term("Global average pooling", source="Lin et al. 2013, Network in Network, arXiv:1312.4400")
UPSAMPLING = Term("Upsampling", definition="a larger grid, whose values are copied or interpolated")
UPSAMPLING_BY = Term("Upsampling × {factor}")
UPSAMPLING_MODE = Term("{mode} upsampling × {factor}")

# Norms of channels
FROZEN_BATCH_NORM = Term("Frozen BatchNorm")
BATCH_NORM = Term(
    "BatchNorm",
    definition="each channel less its mean over batch and positions, divided by its standard deviation",
    source="Ioffe and Szegedy 2015, arXiv:1502.03167",
)

# Recurrent networks
LSTM = Term(
    "LSTM",
    definition="long short-term memory, a recurrent network whose cell is written to and read through gates",
    source="Hochreiter and Schmidhuber 1997",
    proper=True,
)
GRU = Term(
    "GRU",
    definition="gated recurrent unit, a recurrent network with an update gate and a reset gate",
    source="Cho et al. 2014, arXiv:1406.1078",
    proper=True,
)

"""Terms of residual connections that are no plain addition: hyper-connections, attention residuals, scales, AltUp."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# Hyper-connections: several residual streams. The mappings have the names of the mHC paper.
HYPER_CONNECTIONS = Term(
    "Hyper-connections",
    short="HC",
    definition="n residual streams, which learned mappings of each sublayer read, write and mix; mHC where the mixing "
    "matrix is constrained to be doubly stochastic",
    source="Zhu et al. 2024, arXiv:2409.19606; Xie et al. 2025, mHC, arXiv:2512.24880",
)
GATED_RESIDUAL = Term(
    "Feature-gated hyper-connections",
    definition="hyper-connections that read each feature of each stream with a weight of its own",
    source="Qwen4ExpTextGatedResidual of transformers",
)
RESIDUAL_STREAMS = Term(
    "Residual streams",
    definition="the residual line n times, n being the expansion rate of hyper-connections",
    source="Zhu et al. 2024, arXiv:2409.19606",
)
STREAM_HEAD = Term(
    "Hyper-connection head",
    definition="what makes one line of n residual streams after the last layer",
    source="DeepseekV4HyperHead of transformers",
)
PRE_MAPPING = Term(
    "Pre mapping (Hₚᵣₑ)",
    definition="aggregates the n residual streams into the input of a sublayer",
    source="Xie et al. 2025, mHC, arXiv:2512.24880",
)
POST_MAPPING = Term(
    "Post mapping (Hₚₒₛₜ)",
    definition="maps the output of a sublayer back onto the n residual streams",
    source="Xie et al. 2025, mHC, arXiv:2512.24880",
)
RESIDUAL_MAPPING = Term(
    "Residual mapping (Hᵣₑₛ)",
    definition="mixes the n residual streams with each other",
    source="Xie et al. 2025, mHC, arXiv:2512.24880",
)
MHC = Term(
    "Manifold-constrained hyper-connections (mHC)",
    definition="hyper-connections whose residual mapping is doubly stochastic: it keeps the mean of the streams",
    source="Xie et al. 2025, mHC, arXiv:2512.24880",
)
H_PRE, H_POST, H_RES = Term("Hₚᵣₑ", proper=True), Term("Hₚₒₛₜ", proper=True), Term("Hᵣₑₛ", proper=True)
"""The mappings by their signs, where a port on the streams has no room for their names."""
NORM = Term("Norm")
MHC_STREAMS = Term("mHC, {streams:stream|streams}", proper=True)
HC_STREAMS = Term("Hyper-connections, {streams:stream|streams}")
MIXED_STREAMS = Term(
    "streams x → Hᵣₑₛ x + Hₚₒₛₜ F(Hₚᵣₑ x), F the sublayer", source="Xie et al. 2025, mHC, arXiv:2512.24880"
)
PLAIN_STREAMS = Term("streams x → x + Hₚₒₛₜ F(Hₚᵣₑ x), F the sublayer", source="Zhu et al. 2024, arXiv:2409.19606")
COEFFICIENTS = Term(
    "coefficients of each token: {inputs} → {outputs}",
    definition="the projection of all streams to the coefficients of the mappings",
)
TO_ONE = Term("{streams:stream|streams} → 1")
FROM_ONE = Term("1 → {streams:stream|streams}")
DYNAMIC = Term("dynamic", definition="coefficients that depend on the streams: a projection of all of them")
PREVIOUS_COEFFICIENTS = Term(
    "previous coefficients", definition="coefficients that the sublayer before this one has made (single-pass mHC)"
)
LAST_COEFFICIENTS = Term("coefficients of the last layer")
LARGEST_WEIGHT = Term("weights ≤ {limit}")
SINKHORN = Term(
    "{iterations:Sinkhorn iteration|Sinkhorn iterations}",
    definition="rows and columns divided by their sums in turn, which makes a matrix doubly stochastic",
    source="Sinkhorn and Knopp 1967",
)
EXPAND_TO = Term("Expand to {streams:stream|streams}", definition="the same vector in each of n residual streams")
COLLAPSE = Term("Collapse {streams:stream|streams}", definition="a weighted sum of the n residual streams")
MEAN_OF_STREAMS = Term("Mean of {streams:stream|streams}")
NORM_PER_STREAM = Term("{norm} per stream")
GATE_OF_RANK = Term("{activation}, rank {rank}")

# Attention residuals
ATTENTION_RESIDUALS = Term(
    "Attention residuals",
    definition="a sublayer reads a softmax-weighted mean of the sums of earlier blocks of layers, not their plain sum",
    source="Kimi Team 2026, arXiv:2603.15031",
)
ATTENTION_RESIDUAL_OUTPUT = Term(
    "Attention residual output",
    definition="the softmax-weighted mean of the sums of all blocks of layers, before the final norm",
    source="Kimi Team 2026, arXiv:2603.15031",
)
SUMS_OF_BLOCKS = Term(
    "Sums of blocks of {layers:layer|layers}",
    definition="the running sum of a block of layers, which sublayers add to, and the sums of the blocks before it",
)
DEPTH_MEAN = Term(
    "a sublayer reads Σ softmax(w · norm(sum)) sum, over the sums of all blocks so far",
    source="Kimi Team 2026, arXiv:2603.15031",
)
DEPTH_SUMS = Term(
    "right lane: the running sum, which begins anew every {layers:layer|layers}, at New block; left: the sums of the "
    "blocks before, the embedding first"
)
NEW_BLOCK = Term(
    "New block",
    definition="the running sum of a block of layers joins the sums of finished blocks, and the next begins at 0",
    source="Kimi Team 2026, Attention Residuals, arXiv:2603.15031",
)
SUM_BEGINS = Term("the sum is stored, a new one begins at 0")
ATTN_RES = Term("AttnRes", proper=True, source="Kimi Team 2026, arXiv:2603.15031")
BLOCKS_OF = Term("blocks of {layers:layer|layers}")

# Scales and gates
SCALED_RESIDUAL = Term(
    "Scaled residual",
    definition="x + c body(x), c a constant",
    source="Yang et al. 2022, arXiv:2203.03466",
)
WEIGHTED_RESIDUAL = Term(
    "Weighted residual",
    short="DeepNorm",
    definition="α x + β body(x), α and β constants",
    source="Wang et al. 2022, DeepNet, arXiv:2203.00555",
)
TANH_GATED_RESIDUAL = Term(
    "Tanh-gated residual",
    definition="x + tanh(g) body(x), g one learned number that starts at 0",
    source="Alayrac et al. 2022, Flamingo, arXiv:2204.14198",
)
TANH_GATE = Term("× tanh(gate)")
AFFINE_RESIDUAL = Term(
    "Affine residual",
    definition="a learned affine map of x plus one of body(x)",
    source="ZAYA1, arXiv:2511.17127",
)
AFFINE = Term("Learned affine", definition="(x + b) × s, bias b and scale s learned per feature")
AFFINE_FORMULA = Term("(x + b) × s per feature")

# Alternating updates
ALTUP_STREAMS = Term(
    "AltUp streams",
    definition="the first stream is the embedded token, each other one a projection of it",
    source="Baykal et al. 2023, arXiv:2301.13310",
)
ALTUP_MERGE = Term(
    "AltUp merge",
    definition="the mean of all streams, each but the first projected",
    source="Baykal et al. 2023, arXiv:2301.13310",
)
ALTUP_DECODER = Term(
    "AltUp decoder layer",
    plural="AltUp decoder layers",
    definition="a layer that computes one of several residual streams and predicts and corrects the others",
    source="Baykal et al. 2023, arXiv:2301.13310",
)
ALTERNATING_UPDATES = Term("Alternating updates (AltUp)")
ALTUP_LINES = Term("AltUp, {streams:stream|streams}", proper=True)
ALTUP_UPDATE = Term(
    "a layer computes stream 1; all others are predicted, then corrected",
    source="Baykal et al. 2023, arXiv:2301.13310",
)
PREDICT, CORRECT = Term("predict"), Term("correct")
ALTUP_PREDICTION = Term("AltUp prediction", definition="each stream plus a learned mixture of all streams")
ALTUP_CORRECTION = Term("AltUp correction", definition="each stream plus a multiple of the update of the computed one")
STREAMS_OF = Term("1 → {streams:stream|streams} × {width}")
MEAN_OF = Term("mean of {streams:stream|streams} × {width}")
PLUS_MIXTURE = Term("each of {streams:stream|streams} + mixture of all")
UPDATE_TIMES = Term("update of stream 1 × {streams} coefficients")
TO_OTHER_STREAMS = Term("stream 1 → all others")
SCALED = Term("scaled")
LAUREL = Term(
    "LAuReL",
    definition="learned augmented residual: x + B A x, A and B of low rank",
    source="Menghani, Kumar and Kumar 2024, arXiv:2411.07501",
)
LAUREL_TITLE = Term("LAuReL: low-rank residual")

# Residual connections whose factors are no numbers of the author's
DEPTH_SCALED_RESIDUAL = Term(
    "Depth-scaled residual",
    definition="the n-th addition weighs the line by √((n − 1) / n) and the output by 1 / √n",
    source="BeamModel of transformers",
)
LINE_BY_DEPTH = Term("× √((n − 1) / n)", definition="n is the number of the addition, from 2 on")
OUTPUT_BY_DEPTH = Term("× 1 / √n", definition="n is the number of the addition, from 2 on")
LINE_SCALED_RESIDUAL = Term(
    "Line-scaled residual",
    definition="the line that passes a sublayer is multiplied by a learned weight for each feature",
    source="DogeDecoderLayer of transformers",
)

"""Terms of mixers that keep a state of one size at every context: linear attention, state spaces, recurrences."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# What these mixers are called.
GATED_DELTA_NET = Term(
    "Gated DeltaNet",
    definition="linear attention whose state decays by a gate (α) and is corrected toward each new value (β)",
    source="Yang, Kautz and Hatamizadeh 2024, arXiv:2412.06464",
    proper=True,
)
KIMI_DELTA_ATTENTION = Term(
    "Kimi Delta Attention",
    short="KDA",
    definition="a Gated DeltaNet with a decay of its own for each channel of the keys",
    source="Kimi Team 2025, arXiv:2510.26692",
    proper=True,
)
LIGHTNING_ATTENTION = Term(
    "Lightning attention",
    definition="linear attention without softmax, with one fixed decay per head and an output gate",
    source="Qin et al. 2024, arXiv:2401.04658",
)
RG_LRU_BLOCK = Term(
    "RG-LRU block",
    plural="RG-LRU blocks",
    definition="Griffin's recurrent block: a gate times a branch of a causal convolution and an RG-LRU",
    source="De et al. 2024, Griffin, arXiv:2402.19427",
)
MLSTM = Term(
    "mLSTM",
    definition="an LSTM whose memory is a matrix per head, written by outer products of keys and values",
    source="Beck et al. 2024, xLSTM, arXiv:2405.04517",
)
RWKV4_TIME_MIXING = Term(
    "RWKV-4 time mixing",
    definition="an average of all values so far, weighted by keys that decay in each channel, gated by the receptance",
    source="Peng et al. 2023, arXiv:2305.13048",
)
RWKV5_TIME_MIXING = Term(
    "RWKV-5 time mixing",
    definition="linear attention with a matrix-valued state per head and a fixed decay per channel, also called Eagle",
    source="Peng et al. 2024, arXiv:2404.05892",
)
CHANNEL_MIXING = Term(
    "RWKV channel mixing",
    definition="a squared-ReLU feed-forward layer on token-shifted input, gated by the receptance",
    source="Peng et al. 2023, arXiv:2305.13048",
)
GATED_SHORT_CONVOLUTION = Term(
    "Gated short convolution",
    definition="a causal depthwise convolution over a few tokens between two multiplicative gates",
    source="Liquid AI 2025, LFM2, arXiv:2511.23404",
)
MAMBA = Term(
    "Mamba",
    definition="a selective state space model: step, input and output matrices follow from the token",
    source="Gu and Dao 2023, arXiv:2312.00752",
    proper=True,
)
MAMBA_2 = Term(
    "Mamba-2",
    definition="a selective state space model with one scalar decay per head (state space duality, SSD)",
    source="Dao and Gu 2024, arXiv:2405.21060",
    proper=True,
)

# Sizes of heads and channels.
KEY_VALUE_HEADS = Term("{keys} QK / {values:V head|V heads}")
KEY_VALUE_DIMS = Term("dims {keys} / {values}", definition="features of one head in queries and keys, and in values")
QK_DIM = Term("QK dim {width}")
V_DIM = Term("V dim {width}")
STATE_SIZE = Term("state {size}", definition="values of the state per channel")
CHANNELS = Term("{number:channel|channels}")
KERNEL = Term("k = {kernel}", definition="tokens that a convolution reaches, the present one among them")

# Projections, by the lines that leave them.
EQUAL_LINES = Term("{lines} {number} × {width}")
SEVERAL_LINES = Term("{lines:+}")
LINE_WIDTHS = Term("{line} {inputs} → {outputs}")

# What is done to the lines.
INPUT_GATE = Term("Input gate", definition="how much of the new value enters the state")
RECURRENCE_GATE = Term("Recurrence gate", definition="how fast the state decays with this token")
BLOCK_DIAGONAL = Term("{blocks} × {width}²", definition="a block-diagonal matrix: square blocks, zero elsewhere")
WRITE_STRENGTH = Term(
    "β (write strength)",
    definition="how far the state is corrected toward the new value: a sigmoid, 0 to 1",
    source="Yang et al. 2024, DeltaNet, arXiv:2406.06484",
)
WRITES_TO_TWO = Term(
    "range 0–2",
    definition="β twice a sigmoid, which allows negative eigenvalues of the state's transition",
    source="Grazzi et al. 2024, arXiv:2411.12537",
)
DECAY = Term("α (decay)", definition="the share of the state that stays from one token to the next")
STEP_SIZE = Term("step size Δ", definition="how far the state moves with this token; a large one forgets more")
TOKEN_SHIFT = Term(
    "Token shift",
    definition="a learned interpolation of this token and the previous one, channel by channel",
    source="Peng et al. 2023, arXiv:2305.13048",
)
WITH_PREVIOUS_TOKEN = Term("lerp with previous token")
PRODUCT = Term("{first} × {second}")

# Norms inside of these mixers.
GROUPED_RMSNORM = Term("Grouped RMSNorm", definition="an RMSNorm over each group of features by itself")
GROUPS = Term("{number:group|groups}")
OF_EACH = Term("{lines} each")
GROUPNORM = Term("GroupNorm", definition="a LayerNorm over each group of features", source="arXiv:1803.08494")

# The recurrences themselves.
FIXED_DECAY = Term(
    "Linear attention, fixed decay", definition="S = λ S + k v^T, read by the query; λ a constant per head"
)
GATED_DELTA_RULE = Term(
    "Gated delta rule",
    definition="S = α S (I - β k k^T) + β v k^T, read by the query; α one number per head and token",
    source="Yang, Kautz and Hatamizadeh 2024, arXiv:2412.06464",
)
CHANNEL_DELTA_RULE = Term(
    "Delta rule, per-channel decay",
    definition="the gated delta rule with α one number per channel of the keys",
    source="Kimi Team 2025, arXiv:2510.26692",
)
RG_LRU = Term(
    "RG-LRU",
    definition="real-gated linear recurrent unit: h = a h + √(1 - a²) (i x), a and i gates of the input",
    source="De et al. 2024, arXiv:2402.19427",
)
MATRIX_MEMORY = Term("Matrix memory", definition="C = f C + i v k^T, read by the query and divided by a normalizer")
WKV_AVERAGE = Term(
    "WKV (weighted average)", definition="the values so far, weighted by exp(key) and a decay per channel"
)
WKV_WEIGHTS = Term(
    "weight of a value, per channel: exp(k\u00a0−\u00a0(n\u00a0−\u00a01)\u00a0w) n tokens back, w the decay; "
    "exp(k\u00a0+\u00a0u) at the current token, u the bonus",
    source="Peng et al. 2023, RWKV, arXiv:2305.13048, equation 16",
)
WKV_MATRIX = Term("WKV (matrix-valued state)", definition="S = diag(w) S + k^T v, the present token weighted apart")
SELECTIVE_SCAN = Term("Selective scan", definition="h = exp(Δ A) h + Δ B x, y = C h + D x")
SELECTIVE_SCAN_SSD = Term("Selective scan (SSD)", definition="the selective scan with one scalar A per head")

# The state that they keep.
HEAD_STATE = Term("state {heads:head|heads} × {keys} × {values}")
CHANNEL_STATE = Term("state {channels} × {size}")
VECTOR_STATE = Term("state {channels}")
RECURRENT_STATE = Term(
    "recurrent state per layer: {values} values", definition="what a layer keeps of all tokens so far, at any context"
)
RECURRENT_STATE_AND = Term("recurrent state per layer: {values} (+ {more} {of}) values")
CONV_STATE = Term("conv state per layer: {values:value|values}", definition="the tokens that the kernel still reaches")
SHIFT_STATE = Term(
    "token-shift state per layer: {values:value|values}", definition="the features of the previous token"
)
NORMALIZER = Term("normalizer", definition="sums of keys by which what is read is divided")
SHIFTED = Term("token-shift")
IN_BF16 = Term("{size:bytes} in bf16")
IN_DTYPE = Term("{size:bytes} in {dtype}")
IN_DTYPES = Term("{size:bytes}: state in {dtype}, {of} in bf16")

# Facts under an opened mixer.
DECAY_BOUND = Term("decay bounded: log α ≥ {bound}")
SHARED_BY_ALL_HEADS = Term("B and C shared by all heads")
SHARED_BY_HEADS = Term("{groups:group|groups} of B and C, {heads:head|heads} each")
EXPONENTIAL_GATES = Term("exp input gate, sigmoid forget gate")
PROJECTIONS = Term("projections")
INPUT_PROJECTION = Term("input projection")
OUTPUT_PROJECTION = Term("output projection")
CONV = Term("conv")
GATES = Term("gates")

# Fourier mixing
FOURIER_MIXING = Term(
    "Fourier mixing",
    definition="The real part of the Fourier transform over tokens and features, in place of attention.",
    source="Lee-Thorp et al. 2021, FNet, arXiv:2105.03824",
    proper=True,
)
FOURIER_TRANSFORM = Term("Fourier transform", proper=True)
OVER_TOKENS_AND_FEATURES = Term("over tokens and over features")
REAL_PART = Term("real part")

"""Terms of softmax attention over keys and values of whole heads, shared by all kinds of attention."""

from __future__ import annotations

from archdraw.glossary import common
from archdraw.glossary.phrases import Term

# What an attention block is called
MULTI_HEAD = Term(
    "Multi-head attention",
    short="MHA",
    definition="Each query head has a key head and a value head of its own.",
    source="Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762",
)
GROUPED_QUERY = Term(
    "Grouped-query attention",
    short="GQA",
    definition="Groups of query heads share one key head and one value head.",
    source="Ainslie et al. 2023, GQA, arXiv:2305.13245",
)
MULTI_QUERY = Term(
    "Multi-query attention",
    short="MQA",
    definition="All query heads share one key head and one value head.",
    source="Shazeer 2019, Fast Transformer Decoding, arXiv:1911.02150",
)
SLIDING_WINDOW = Term(
    "Sliding-window attention",
    short="SWA",
    definition="A token attends to the last tokens only, as many as its window has.",
    source="Beltagy et al. 2020, Longformer, arXiv:2004.05150",
)
CHUNKED = Term("Chunked attention", definition="A token attends to the tokens of its own chunk up to itself.")
MIXTURE_OF_HEADS = Term(
    "Mixture of attention heads",
    short="MoA",
    definition="A router selects groups of query heads, each with an output projection of its own; keys are shared.",
    source="Zhang et al. 2022, Mixture of Attention Heads, arXiv:2210.05144; JetMoE, arXiv:2404.07413",
)
HEADS_OF_EXPERT = Term("Q of {heads:head|heads}")
OUT_OF_EXPERT = Term("Output projection of an expert")
GATED = Term(
    "Gated attention",
    definition="The output of the heads is multiplied by a gate computed from the block's input.",
    source="Qiu et al. 2025, Gated Attention for Large Language Models, arXiv:2505.06708",
)
RELATIVE = Term(
    "Relative attention",
    definition="A learned bias for each distance is added to the attention logits, in place of RoPE.",
    source="Shaw et al. 2018, Self-Attention with Relative Position Representations, arXiv:1803.02155",
)
DISENTANGLED = Term(
    "Disentangled attention",
    definition="Attention logits are products of contents, of contents with relative positions, and the reverse.",
    source="He et al. 2020, DeBERTa, arXiv:2006.03654",
)
WINDOW_AND_GLOBAL = Term(
    "Window and global attention",
    definition="A token attends to its window and to a few global tokens, which attend to all.",
    source="Beltagy et al. 2020, Longformer, arXiv:2004.05150",
)
RANDOM_BLOCKS = Term(
    "Window, global and random blocks",
    definition="A block of tokens attends to its neighbors, to the first and the last block, and to random ones.",
    source="Zaheer et al. 2020, Big Bird, arXiv:2007.14062",
)
APPROXIMATE = Term(
    "Approximate attention",
    definition="Softmax attention of all tokens, computed approximately at a cost that grows with the length alone.",
)
NYSTROM = Term(
    "Nyström attention",
    definition="Attention through landmarks, means of segments of queries and of keys.",
    source="Xiong et al. 2021, Nyströmformer, arXiv:2102.03902",
    proper=True,
)
MULTIRESOLUTION = Term(
    "Multiresolution attention",
    definition="Softmax attention of blocks, refined to tokens for the blocks with the largest logits.",
    source="Zeng et al. 2022, Multi Resolution Analysis for Approximate Self-Attention, arXiv:2207.10284",
)
HASHED = Term(
    "LSH Bernoulli attention",
    definition="Values are summed over the tokens whose keys fall into the bucket of the query, for several hashes.",
    source="Zeng et al. 2021, You Only Sample (Almost) Once, arXiv:2111.09714",
    proper=True,
)
SOFTMAX_ATTENTION = Term("Softmax attention", definition="softmax(Q K^T / √d) V")

# Heads
QUERY_KV_HEADS = Term("{query} query / {key_value:KV head|KV heads}")
HEADS = Term("{number:head|heads}")
DIM = Term("dim {width}", definition="Features of one head.")
DIM_WITH_VALUES = Term("dim {width} (V {values})", definition="Features of one head in keys, and in values.")
HEADS_PER_KV = Term("{group:query head|query heads} per KV head")
PER_HEAD = Term("{what} per head")
OVER_ALL_HEADS = Term("{norm} over all heads")
DIFFERENCE_OF_HALVES = Term(
    "first half of heads − λ × second half",
    definition="Differential attention: λ is learned, from the products of four vectors.",
    source="Ye et al. 2024, Differential Transformer, arXiv:2410.05258",
)
KEEPS = Term(
    "dynamic mask, top {keys}",
    definition="A head attends to the keys of the highest scores, which are computed from their values.",
    source="DogeAttention of transformers",
)
BIAS_PER_HEAD = Term("bias per head")
WEIGHTS_PER_HEAD = Term("weights per head")
L2_NORM = Term("L2 norm", definition="x divided by its Euclidean length.")
QK_NORM = Term(
    "QK-norm",
    definition="Queries and keys are normalized before their product.",
    source="Henry et al. 2020, Query-Key Normalization, arXiv:2010.04245",
)

Q_NORM = Term("Q-norm", definition="Queries alone are normalized: the keys are another layer's.")
V_NORM = Term("V-norm", definition="Values are normalized, too, without weights.")

# Lines and their projections; the lines themselves go by their symbols
LINE = Term("{line} {width}")
LINE_HEADS = Term("{line} {heads} × {width}")
KEYS_ARE_VALUES = Term("K = V", definition="One projection makes both keys and values.")
KEYS_ARE_VALUES_WIDTH = Term("K = V {width}")
GATE = common.GATE
GATE_AND_QUERIES = Term("gate {gate} + Q {queries}")
GATE_AND_QUERIES_ALIKE = Term("gate + Q {width}")
SHARED_KV = Term("shared K, V", definition="Keys and values of an earlier layer.")
OF_EARLIER_LAYER = Term("of an earlier layer")
KEYS_VALUES_ONCE = Term(
    "Shared K and V",
    definition="Keys and values that are computed once and read by the attention of all layers above.",
    source="Sun et al. 2024, arXiv:2405.05254",
)
KV_HEADS = Term("{number:KV head|KV heads}")
OF_LAYER = Term("of layer {number}")
KV_OF = Term("K, V {origin}", proper=True)
OUTPUT = Term("output")

# Masks
WINDOW = Term("window {size}")
WINDOW_EACH_SIDE = Term(
    "window {size} (±{side})", definition="A window of which a half is before a token, a half after it."
)
CHUNK = Term("chunk {size}")
BIDIRECTIONAL = Term("bidirectional", definition="A token attends to those after it, too.")
BIDIRECTIONAL_IMAGES = Term(
    "bidirectional within an image",
    definition="A token of an image attends to all tokens of that image, also to those after it; text is causal.",
    source="Gemma Team 2025, Gemma 3 Technical Report, arXiv:2503.19786; create_causal_mask_mapping of transformers",
)
CAUSAL = Term("causal", definition="A token attends to itself and to those before it.")
FULL_CAUSAL = Term("full causal attention")
CAUSAL_WINDOW = Term("causal, window {size:token|tokens}")
CAUSAL_CHUNKS = Term("causal, chunks of {size:token|tokens}")
BIDIRECTIONAL_WINDOW = Term("bidirectional, window {size:token|tokens} (±{side})")
BIDIRECTIONAL_CHUNKS = Term("bidirectional, chunks of {size:token|tokens}")

# Attention of long texts, and of contents and positions
GLOBAL_LINE = Term("{line} of global tokens {width}")
GLOBAL_TAG = Term("+ global tokens")
GLOBAL_TOKENS = Term("global tokens attend to all, and all to them")
PER_SIDE = Term("{tokens:token|tokens} to each side")
BLOCKS_OF = Term("blocks of {size:token|tokens}")
BLOCKS_PER_QUERY = Term("per block: {near:neighbor|neighbors} with itself, first and last, {random} random")
LANDMARKS = Term("{number:landmark|landmarks}")
HASHES = Term("{number:hash|hashes} of {bits:bit|bits}")
BLOCKS_PER_ROW = Term("{number:block|blocks} per row of blocks")
OVER_TOKENS = Term("V + depthwise conv (k = {kernel})")
POSITION_LINE = Term("{line} of positions {width}", definition="Keys or queries that are made of relative positions.")
RELATIVE_TABLE = Term("Relative positions")
DISTANCES = Term("{number:distance|distances}")
IN_BUCKETS = Term("in buckets up to {distance:token|tokens}")
TABLE_SHARED = Term("one table for all layers")
PROJECTIONS_OF_CONTENT = Term("positions pass the projections of Q and K")
CONTENT_TO_POSITION = Term("content to position")
POSITION_TO_CONTENT = Term("position to content")
TALKING_HEADS = Term(
    "talking heads",
    definition="Projections from head to head before and after the softmax.",
    source="Shazeer et al. 2020, Talking-Heads Attention, arXiv:2003.02436",
)

# Scores
LOGIT_SOFTCAP = Term("logit softcap {cap}", definition="c · tanh(x / c) in place of x.")
SINKS = Term(
    "sinks",
    definition="A learned logit per head joins the softmax and takes weight from all values.",
    source="Xiao et al. 2023, Attention Sinks, arXiv:2309.17453",
)
SINK_PER_HEAD = Term("one learned sink per head")
NO_SCALING = Term("no 1/√d scaling")
SCALE = Term("attention scale {factor}")
SCALE_ONE_OVER = Term("attention scale 1/{divisor}")
SCALE_ROOT = Term("attention scale 1/√{width}")
TEMPERATURE = Term(
    "Q × (1 + {scale} ln(1 + floor(n / {floor}))) at token n",
    definition="Attention temperature tuning: queries grow with the position.",
    source="Nakanishi 2025, Scalable-Softmax, arXiv:2501.19399; Llama4TextAttention of transformers",
)
LEARNED_SCALING = Term(
    "SSMax",
    definition="Scalable softmax with learned numbers: the queries of token n are multiplied by s ln(n + 1) + b.",
    source="Nakanishi 2025, Scalable-Softmax, arXiv:2501.19399; MistralLarge4TextSoftmaxScaling of transformers",
)
LEARNED_SCALING_OF = Term("SSMax: Q × (s ln(n + 1) + b) at token n")
TEMPERATURE_POWER = Term(
    "Q × (1 + n / {floor}) ^ {power} at token n",
    definition="Scalable softmax: queries grow with a power of the position.",
    source="Nakanishi 2025, Scalable-Softmax, arXiv:2501.19399; BeamModel of transformers",
)
LOGITS_GROW = Term("attention logits × ln n / ln {start} for token n > {start}")
CLAMPED = Term("Q, K and V clamped to ±{limit}")
BIAS_ON = Term("bias on {projections:and}")

# Cache
KV_CACHE = Term(
    "KV cache per token and layer: 2\u00a0×\u00a0{heads}\u00a0×\u00a0{width}\u00a0values ({size:bytes}, bf16)",
    definition="Keys and values that are kept for later tokens.",
)
KV_CACHE_WIDTHS = Term(
    "KV cache per token and layer: {heads}\u00a0×\u00a0({keys}\u00a0+\u00a0{values})\u00a0values ({size:bytes}, bf16)"
)
KV_CACHE_ONCE = Term(
    "KV cache per token and layer: {heads}\u00a0×\u00a0{width}\u00a0values (K = V, {size:bytes}, bf16)"
)
NO_KV_CACHE = Term("no KV cache")
REUSES_KV = Term("reuses K and V {origin}; adds nothing to the cache")

# Convolutions and scales beside attention
SHORT_CONVOLUTION = Term(
    "Short convolution",
    definition="A causal depthwise convolution over a few tokens, added to its input.",
    source="So et al. 2021, Primer, arXiv:2109.08668",
)
CAUSAL_CONVOLUTION = Term("causal conv (k = {kernel})", definition="A convolution over the last k tokens.")
CONVOLUTION_RESIDUAL = Term("causal conv (k\u00a0=\u00a0{kernel}) + residual")
SCALED_CONVOLUTION_RESIDUAL = Term("(causal conv (k\u00a0=\u00a0{kernel}) + residual) / √{taps}")
LEARNED_SCALE = Term(
    "× learned scale",
    definition="One learned number that multiplies all features.",
    source="Bachlechner et al. 2020, ReZero, arXiv:2003.04887",
)
LOG_SCALING = Term("Q and bias × (1 + {scale} ln(n / {floor})) for token n > {floor}")

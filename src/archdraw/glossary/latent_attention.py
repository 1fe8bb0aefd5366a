"""Terms of attention in latents and in compressed entries: MLA and its relatives."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# Multi-head latent attention
MLA = Term(
    "Multi-head latent attention",
    short="MLA",
    definition="Keys and values of all heads are projected from one short latent, and only that is cached.",
    source="DeepSeek-AI 2024, DeepSeek-V2, section 2.1, arXiv:2405.04434",
)
MLA_DSA = Term("MLA with DeepSeek Sparse Attention (DSA)", short="MLA with DSA")
MLA_WINDOW = Term("Sliding-window latent attention")
MLA_SHARED_INDEX = Term("MLA with DSA, shared index")
BOTH_QUERY_LATENTS = Term("Q latents {width}", definition="The latent of queries after its norm and before it.")
QUERY_LATENT = Term("Q latent {width}")
KV_LATENT = Term("KV latent {width}")
PLUS_ROPE_KEY = Term("+ RoPE key {width}", definition="The rotated part of the key, one for all heads.")
WITH_KEY = Term("{latent} {key}", definition="The latent of keys and values, and what the heads share of a key.")
PLUS_SHARED_KEY = Term("+ shared key {width}", definition="The part of the key that all heads share.")
LATENT = Term("latent {width}")
LATENT_AND_KEY = Term("latent {width} + {key}")
KEYS_VALUES = Term("K, V {heads} × ({keys}\u00a0+\u00a0{values})")
LATENT_CACHE = Term("KV cache per token and layer: {width:value|values} ({size:bytes}, bf16)")
LATENT_AND_KEY_CACHE = Term("KV cache per token and layer: {width}\u00a0+\u00a0{key}\u00a0values ({size:bytes}, bf16)")
QUERIES_TIMES = Term("Q\u00a0×\u00a0{factor:root}")
LATENT_TIMES = Term("KV latent\u00a0×\u00a0{factor:root}")
LATENTS = Term("latents")
KV_LATENT_LINE = Term("KV latent")

# Grouped differential attention
GROUPED_DIFFERENTIAL = Term(
    "Grouped differential latent attention",
    short="GDLA",
    definition="Latent attention in which the output of a noise head is subtracted from that of each signal head.",
    source="Motif Technologies 2025, Grouped Differential Attention, arXiv:2510.06949",
)
DIFFERENTIAL = Term(
    "Differential attention",
    definition="The difference of two softmax attentions, which cancels what both attend to.",
    source="Ye et al. 2024, Differential Transformer, arXiv:2410.05258",
)
DIFFERENTIAL_WINDOW = Term("Sliding-window differential attention")
SIGNAL_NOISE_HEADS = Term("{signal} signal / {noise:noise head|noise heads}")
DIFFERENCE = Term("signal − λ × noise")
SIGNAL_PER_NOISE = Term("{group:signal head|signal heads} per noise head")
LAMBDA = Term("λ {width}", definition="The factor of the noise, one per token and signal head.")

# Compressed attention
COMPRESSED = Term(
    "Compressed attention",
    definition="Past tokens are attended to as entries, each the weighted mean of several tokens.",
    source="DeepSeek-AI 2026, DeepSeek-V4, section 2.3",
)
COMPRESSED_SPARSE = Term(
    "Compressed sparse attention", short="CSA", definition="An indexer selects the compressed entries."
)
HEAVILY_COMPRESSED = Term(
    "Heavily compressed attention", short="HCA", definition="All compressed entries are attended to."
)
SHARED_COMPRESSED = Term(
    "Shared compressed attention",
    short="CSA2",
    definition="Compressed sparse attention to entries of an earlier layer, selected there.",
    source="DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969",
)
GLOBAL_SPARSE = Term("Global sparse attention", definition="An indexer selects entries of one token each.")
REINDEXED = Term("Re-indexed sparse attention", definition="Own indexer over entries of an earlier layer.")
SHARED_GLOBAL = Term("Shared global attention")
KV = Term("KV {width}", definition="One head of keys that are the values, too.")
POOLING_WEIGHTS = Term("pooling weights {width}")
SOFTMAX_POOLING = Term(
    "Softmax pooling", definition="The mean over a window of tokens, weighted per feature by a softmax over them."
)
POOLING = Term("window\u00a0{window}, stride\u00a0{stride}")
COMPRESSION = Term("{ratio}:1 compression")
ENTRY_PER_TOKEN = Term("one entry per token")
SHARED_ENTRIES = Term("Shared entries", definition="Compressed keys and values of an earlier layer.")
SHARED_ENTRIES_TAG = Term("shared entries")
SHARED_SELECTION_TAG = Term("shared top-{number}\u00a0entries")
WITH_SELECTION = Term("with their top-{number}, from an earlier layer")
WITH_INDEX_KEYS = Term("with their index keys, from an earlier layer")
ON_OUTPUT = Term("on the output")
HEAD_GROUPS = Term("{groups:group|groups} of heads")
EACH = Term("{inputs} → {outputs} each")
ENTRY_CACHE = Term("KV cache per layer: {width:value|values} per {tokens:token|tokens} ({size:bytes}, bf16)")
WINDOW_STATE = Term("plus {width:value|values} for each of the last {tokens:token|tokens}")
WINDOW_CACHE = Term("KV cache per layer: {width:value|values} × last {tokens:token|tokens} ({size:bytes}, bf16)")
REUSES_ENTRIES = Term("reuses entries and index keys of an earlier layer")
REUSES_SELECTION = Term("reuses entries and top-{number} of an earlier layer")
CANDIDATES = Term("among {blocks} × {size:candidate|candidates} of an earlier layer")
CANDIDATES_FOR_LATER = Term("selects {blocks:candidate block|candidate blocks} of {size} for later layers")
AMONG_CANDIDATES = Term("top-k among {blocks:candidate block|candidate blocks} of {size}")

# Compressed convolutional attention
CONVOLUTIONAL = Term(
    "Compressed convolutional attention",
    short="CCA",
    definition="Attention in fewer features than the residual stream, with convolutions over Q and K.",
    source="Figliolia et al. 2025, Compressed Convolutional Attention, arXiv:2510.04476",
)
DEPTHWISE = Term("depthwise, {channels:channel|channels}")
CONVOLVED_HEADS = Term("one group per head, {heads:head|heads}")
QUERY_KEY_MEAN = Term("mean of Q and K")
PER_KV_GROUP = Term("per KV group")
L2_NORM_SCALED = Term("L2 norm, learned K scale")
TOKEN_SHIFT = Term("shift by one token", definition="The features of the token before.")
SHARED_LATENT = Term("KV latent of an earlier layer", definition="The latent that an earlier layer cached.")
NO_LATENT_CACHE = Term("no KV cache of its own", definition="A layer that reads the cache of an earlier one.")

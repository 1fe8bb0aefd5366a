"""Terms of positional encodings."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

ROTARY = Term(
    "Rotary position embedding",
    short="RoPE",
    definition="Pairs of features of queries and keys are rotated by angles that grow with the position.",
    source="Su et al. 2021, RoFormer, arXiv:2104.09864",
)
ROPE = Term(ROTARY.short)
ROPE_SCALED = Term("RoPE, {scaling}")
PARTIAL_ROPE = Term(
    "partial RoPE ({rotated}/{width})",
    definition="Only some features of each head are rotated.",
    source="Black et al. 2022, GPT-NeoX-20B, arXiv:2204.06745",
)
MROPE = Term(
    "M-RoPE",
    definition="Multimodal RoPE: pairs of features turn by a token's time, height or width.",
    source="Wang et al. 2024, Qwen2-VL, arXiv:2409.12191",
    proper=True,
)
PARTIAL_MROPE = Term("partial M-RoPE ({rotated}/{width})")
MROPE_SECTIONS = Term("sections {time}/{height}/{width}", definition="Pairs that turn by time, height and width.")
MROPE_INTERLEAVED = Term("interleaved {time}/{height}/{width}")
STORED_ROPE = Term("table of {number:position|positions}", definition="Sines and cosines that are stored.")
ROPE_OF = Term("RoPE ({rotated})", definition="So many features are rotated, the same ones as of the queries.")
INVERSE_ROPE = Term("Inverse RoPE", definition="The rotation by the negative angle.")
INVERSE_ROPE_OF = Term("Inverse RoPE ({rotated})")
THETA = Term("θ\u00a0=\u00a0{theta}", definition="The base of RoPE's geometric sequence of wavelengths.")

SCALED_BY = Term("{method} ×{factor}", definition="Positions are interpolated to a context that many times as long.")
LINEAR_SCALING = Term("linear", source="Chen et al. 2023, Position Interpolation, arXiv:2306.15595")
DYNAMIC_SCALING = Term("dynamic NTK")
YARN = Term("YaRN", source="Peng et al. 2023, YaRN, arXiv:2309.00071")
LONGROPE = Term("LongRoPE", source="Ding et al. 2024, LongRoPE, arXiv:2402.13753")
LLAMA_3_SCALING = Term(
    "Llama 3 scaling", source="Grattafiori et al. 2024, The Llama 3 Herd, arXiv:2407.21783", proper=True
)

ADDED_POSITIONS = Term(
    "Positions",
    definition="vectors that every layer adds to what its queries and keys are made of",
    source="Carion et al. 2020, DETR, arXiv:2005.12872",
)
ADDED_TO = Term("+ {what} on {lines}")

ALIBI = Term(
    "Attention with linear biases",
    short="ALiBi",
    definition="Each head subtracts the distance times a fixed slope of its own from its attention logits.",
    source="Press, Smith and Lewis 2021, Train Short, Test Long, arXiv:2108.12409",
)
ALIBI_TAG = Term(ALIBI.short)
RELATIVE_BIAS = Term(
    "relative-position bias",
    definition="A learned number for each head and distance is added to the attention logits.",
    source="Shaw et al. 2018, arXiv:1803.02155; Raffel et al. 2019, T5, arXiv:1910.10683",
)
RELATIVE_BIAS_UP_TO = Term("relative-position bias (≤\u00a0{distance})")
OWNS_RELATIVE_BIAS = Term("owns the relative-bias table: {buckets:bucket|buckets} of distances up to {distance}")
SHARES_RELATIVE_BIAS = Term(
    "relative-bias table of the first layer: {buckets:bucket|buckets} of distances up to {distance}"
)
RELATIVE_PROFILES = Term("{number} relative-position profiles")

NO_POSITIONS = Term(
    "No positional encoding",
    short="NoPE",
    definition="Attention distinguishes positions by its causal mask alone.",
    source="Kazemnejad et al. 2023, The Impact of Positional Encoding, arXiv:2305.19466",
)
NOPE = Term(NO_POSITIONS.short)
NOPE_IN_FULL = Term("no positional encoding (NoPE)")

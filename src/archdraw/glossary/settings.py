"""Settings in English: the names of config.json and their values as people write them."""

from __future__ import annotations

from archdraw.glossary.common import BUFFERS, IN_BF16, KV_CACHE, KV_CACHE_PER_TOKEN, RECURRENT_STATE, STATE_PRECISION
from archdraw.glossary.numbers import data_size, number, parameters
from archdraw.glossary.rendering import text

SPELLED = {
    "qk": "QK", "kv": "KV", "q": "Q", "v": "V", "k": "K", "rope": "RoPE", "rmsnorm": "RMSNorm", "moe": "MoE",
    "swiglu": "SwiGLU", "geglu": "GeGLU", "yarn": "YaRN", "lora": "latent", "tok": "token", "attn": "attention",
    "mlp": "MLP", "topk": "top-k", "ssm": "SSM", "mamba": "Mamba", "rnn": "RNN", "mla": "MLA", "dim": "dimension",
    "relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "layernorm": "LayerNorm", "conv": "convolution", "nope": "NoPE",
    "l2": "L2", "len": "length", "ffn": "FFN", "alibi": "ALiBi", "mtp": "MTP",
}  # fmt: skip
"""Words of config.json's names as they are written in sentences."""

SILENT = frozenset({"num", "n"})
"""Words of such names that a number makes plain anyway."""

NAMED = {
    "hidden_size": "hidden size",
    "vocab_size": "vocabulary",
    "context_length": "context length",
    "tie_word_embeddings": "tied embeddings",
    "placement": "norm placement",
    "active_parameters": "active parameters incl. token embedding",
    "attention_k_eq_v": "K = V",
    "scale_embedding": "embedding scaled by √d",
    "kv_cache_bytes_per_token": text(IN_BF16(figure=KV_CACHE_PER_TOKEN())),
    "kv_cache_bytes": text(IN_BF16(figure=KV_CACHE())),
    "index_cache_bytes_per_token": "indexer cache per token (bf16)",
    "recurrent_state_bytes": text(RECURRENT_STATE()),
    "mamba_ssm_dtype": text(STATE_PRECISION()),
    "mamba_ssm_cache_dtype": text(STATE_PRECISION()),
    "inference_state_dtype": text(STATE_PRECISION()),
    "buffer_bytes": text(IN_BF16(figure=BUFFERS())),
    "o_groups": "output groups",
    "compress_ratio": "compression ratio",
    "num_nextn_predict_layers": "predicted tokens",
    "num_experts": "routed experts",
    "num_experts_per_tok": "experts per token",
    "n_shared_experts": "shared experts",
    "num_attention_heads": "query heads",
    "num_key_value_heads": "KV heads",
    "head_dim": "head dimension",
    "linear_conv_kernel_dim": "convolution kernel",
    "position": "positional encoding",
    "position.rope_theta": "RoPE θ",
    "position.mrope_section": "M-RoPE sections",
    "position.mrope_interleaved": "M-RoPE interleaved",
    "position.rope_scaling": "RoPE scaling",
    "is_causal": "causal attention",
    "kv_lora_rank": "KV latent rank",
    "o_lora_rank": "output latent rank of each group",
    "norm_topk_prob": "top-k renormalized",
    "query_pre_attn_scalar": "attention scale",
    "attention_multiplier": "attention scale",
    "attn_logit_softcapping": "attention-logit softcap",
    "n_group": "expert groups",
    "topk_group": "expert groups selected",
    "scoring_func": "router scoring",
    "e_score_correction_bias": "selection bias",
}
"""Names for which the field has a term."""

VALUES = {
    ("placement", "pre"): "pre-norm",
    ("placement", "post"): "post-norm inside the residual",
    ("placement", "post_add"): "post-norm",
    ("placement", "sandwich"): "sandwich norm",
    ("residual", "hyper_connections"): "hyper-connections",
    ("position", "relative_bias"): "relative-position bias",
    ("expert", "situ_glu"): "SiTU-GLU",
    ("expert", "polynorm_glu"): "PolyNorm-GLU",
    ("expert", "relu_squared"): "ReLU squared",
}
"""Values for which the field has a term, by the last part of their setting's name."""

IN_BYTES = frozenset(
    {
        "kv_cache_bytes",
        "kv_cache_bytes_per_token",
        "index_cache_bytes_per_token",
        "recurrent_state_bytes",
        "buffer_bytes",
    }
)


def name_of(what: str) -> str:
    """The setting ``what`` in words: ``q_lora_rank`` is ``Q latent rank``."""
    if what in NAMED:
        return NAMED[what]
    parts = what.removeprefix("position.").replace(".", "_").split("_")
    return " ".join(SPELLED.get(part, part) for part in parts if part not in SILENT)


def value_of(what: str, value: str | int | float | bool | None) -> str:
    """The value of the setting ``what`` as people write it; bytes are in binary units, parameters with a letter."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        if (term := VALUES.get((what.rpartition(".")[2], value))) is not None:
            return term
        return value if " " in value else " ".join(SPELLED.get(part, part) for part in value.split("_"))
    if what == "query_pre_attn_scalar":
        return f"1/√{number(value)}"
    if what in IN_BYTES:
        return data_size(value) if value else "none"
    if what.endswith("parameters"):
        return parameters(int(value))
    return number(value)

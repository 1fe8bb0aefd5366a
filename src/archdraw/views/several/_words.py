"""Differences in words: names and values as people write them, one line of what is equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdraw.analysis.difference import COUNTS, Difference, count
from archdraw.kinds.wording import number
from archdraw.layout.compare.table import TableRow
from archdraw.tree.blocks import Setting
from archdraw.tree.facts import Facts
from archdraw.views.wording import data, parameters

SPELLED = {
    "qk": "QK", "kv": "KV", "q": "Q", "v": "V", "k": "K", "rope": "RoPE", "rmsnorm": "RMSNorm", "moe": "MoE",
    "swiglu": "SwiGLU", "geglu": "GeGLU", "yarn": "YaRN", "lora": "latent", "tok": "token", "attn": "attention",
    "mlp": "MLP", "topk": "top k", "ssm": "SSM", "mamba": "Mamba", "rnn": "RNN", "mla": "MLA", "dim": "dimension",
    "relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "layernorm": "LayerNorm", "conv": "convolution", "nope": "NoPE",
    "len": "length", "ffn": "FFN", "alibi": "ALiBi", "mtp": "MTP",
}  # fmt: skip
"""Words of config.json's names as they are written in sentences."""
OMITTED = frozenset({"num", "n"})
"""Words of such names that a number makes redundant."""
NAMED = {
    "hidden_size": "hidden size",
    "vocab_size": "vocabulary",
    "context_length": "context",
    "tie_word_embeddings": "tied embeddings",
    "placement": "norm placement",
    "kv_cache_bytes_per_token": "KV cache per token (bf16)",
    "index_cache_bytes_per_token": "indexer cache per token (bf16)",
    "recurrent_state_bytes": "recurrent state (bf16)",
    "num_key_value_heads": "KV heads",
    "num_experts": "routed experts",
    "num_experts_per_tok": "experts per token",
    "n_shared_experts": "shared experts",
    "position": "positional encoding",
    "position.rope_scaling.rope_type": "RoPE scaling",
    "position.rope_scaling.factor": "RoPE scaling factor",
    "norm_topk_prob": "top-k renormalized",
    "query_pre_attn_scalar": "attention scale 1/√",
    "attn_logit_softcapping": "attention-logit softcap",
    "n_group": "expert groups",
    "topk_group": "expert groups selected",
    "scoring_func": "router scoring",
    "e_score_correction_bias": "selection bias",
}
"""Names that are written in other words than their own."""
IN_BYTES = frozenset({"kv_cache_bytes_per_token", "index_cache_bytes_per_token", "recurrent_state_bytes"})
LISTED = (
    *("layers", "hidden_size", "vocab_size", "context_length", "placement", "num_attention_heads"),
    *("num_key_value_heads", "head_dim", "qk_norm", "q_lora_rank", "kv_lora_rank", "qk_rope_head_dim"),
    *("position.rope_theta", "sliding_window", "sinks", "intermediate_size", "num_experts", "num_experts_per_tok"),
    *("moe_intermediate_size", "n_shared_experts", "scoring_func", "tie_word_embeddings"),
    *("total_parameters", "kv_cache_bytes_per_token"),
)
"""What is listed where it is equal, in this order."""


def name_of(what: str) -> str:
    """A setting's name in words: ``q_lora_rank`` is ``Q latent rank``."""
    if what in NAMED:
        return NAMED[what]
    parts = what.removeprefix("position.").replace(".", "_").split("_")
    return " ".join(SPELLED.get(part, part) for part in parts if part not in OMITTED)


def value_of(what: str, value: Setting) -> str:
    """A setting's value as people write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if " " in value else " ".join(SPELLED.get(part, part) for part in value.split("_"))
    if what in IN_BYTES:
        return data(value) if value else "none"
    if what.endswith("parameters"):
        return parameters(int(value))
    return number(value)


def equal(differences: Sequence[Difference], facts: Sequence[Facts]) -> str:
    """One line of what all models share; empty where none of it is listed."""
    shared: dict[str, list[str]] = {}
    for index, difference in enumerate(differences):
        changed = {change.what for change in difference.changes}
        own: dict[str, set[str]] = {}
        for one in difference.equal:
            own.setdefault(one.what, set()).add(value_of(one.what, one.value))
        values_of = {what: " and ".join(sorted(values)) for what, values in own.items() if what not in changed}
        shared = {
            what: [*shared.get(what, []), value] for what, value in values_of.items() if index == 0 or what in shared
        }
    words = {what: values[0] for what, values in shared.items() if len(set(values)) == 1}
    for what in COUNTS:
        values = {count(one, what) for one in facts}
        if len(values) == 1 and not any(one.unknown for one in facts):
            words[what] = value_of(what, values.pop())
    phrases = [_phrase(what, words[what]) for what in LISTED if words.get(what, "no") not in ("none", "no")]
    return f"Equal: {', '.join(phrases)}." if phrases else ""


def _phrase(what: str, value: str) -> str:
    if value == "yes":
        return name_of(what)
    if what == "layers":
        return f"{value} layers"
    if what in IN_BYTES:
        return f"{value} of {name_of(what)}"
    return f"{name_of(what)} {value}"


def sentences(rows: Iterable[TableRow], names: Sequence[str]) -> str:
    """The rows as sentences, for screen readers."""
    found = []
    for row in rows:
        values = ", ".join(f"{value} in {name}" for value, name in zip(row.values, names, strict=True))
        found.append(f"{row.name}: {values}.")
    return " ".join(found)

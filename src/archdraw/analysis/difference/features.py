"""What a mixer or a feed-forward block has, under one name for each thing, however its kind spells it.

Kinds keep the names that config.json gives their settings, and two families spell one thing in two ways: a shared
expert is a number of experts (DeepSeek) or a width (Qwen), heads of a linear mixer are ``num_heads`` (Kimi) or
``linear_num_value_heads`` (Qwen). Here they have one name, so that only what differs is a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isclose, sqrt

from archdraw.analysis.difference.of_kinds import AS_OTHERS, FIXED, LACKING, SCALED_BY_WIDTH
from archdraw.analysis.difference.structure import is_sublayer, sort_of
from archdraw.glossary import text
from archdraw.glossary.comparison import SCALED_FROM
from archdraw.glossary.numbers import number
from archdraw.kinds.mixers.position import RopeScaling
from archdraw.tree.blocks import Leaf, Module, Setting
from archdraw.tree.settings import is_without, same
from archdraw.tree.walks import leaves

Features = dict[str, Setting]

SHARED = ("n_shared_experts", "shared_expert_intermediate_size", "shared_expert_gate")
INDEX = ("indexer", "index_n_heads", "index_head_dim", "index_topk")
LATENT = ("q_lora_rank", "kv_lora_rank")
KV_HEADS = "num_key_value_heads"
OF_OUTPUT = ("o_groups", "o_lora_rank")
OF_ATTENTION = frozenset((*INDEX, *LATENT, *OF_OUTPUT, "num_key_value_heads", "sliding_window", "compress_ratio"))
OF_EXPERTS = frozenset((*SHARED, "e_score_correction_bias", "routed_scaling_factor", "n_group", "topk_group"))
KNOWN = {"experts": OF_EXPERTS, "attention": OF_ATTENTION, "sliding": OF_ATTENTION}
"""What is known of every block of a role, of whichever kind: one that does not have it lacks it."""

ONLY_WITH = {
    "gate_activation": "output_gate",
    "floor_scale": "attn_temperature_tuning",
    "attn_scale": "attn_temperature_tuning",
    "attn_temperature_len": "attn_temperature_tuning",
    "index_kpool": "index_n_heads",
    "shared_expert_combination_strategy": "n_shared_experts",
    "position.mrope_interleaved": "position.mrope_section",
}
"""Settings that say something only where a block has another: no gate has an activation."""
ONLY_BOTH = frozenset({"hidden_size", "vocab_size", "context_length", "max_source_positions", "encoder_hidden_size"})
"""What every such block has, though not all say it: compared where both do."""
NOTHING = {"zero_expert_num": 0, "n_group": 1, "topk_group": 1}
"""Values that mean that there is none: one group of all experts is no grouping."""
SPELLINGS = {
    "indexer_n_heads": "index_n_heads",
    "indexer_head_dim": "index_head_dim",
    "indexer_budget": "index_topk",
}

SAID_BY_BOXES = frozenset(
    {
        *("final_logit_softcapping", "logit_scale", "logits_scaling", "activation", "norm"),
        *("max_position_embeddings", "type_vocab_size", "sinusoidal_positions", "position_offset"),
    }
)
"""Settings of embeddings and output layers that boxes beside these are made of, which are compared by themselves."""

RESIDUAL = "residual"
SAID_WHERE_REPLACED = ("detail",)
"""The second line of a block in an author's words stands beside its label where another block stands in its place."""

FROM_HEADS = frozenset({"num_attention_heads", "num_key_value_heads", "head_dim", "v_head_dim"})
"""What is read off the heads of a kind that has no setting of that name: for a comparison with other kinds."""

KERNELS = ("conv_kernel", "short_conv_kernel_size", "conv_kernel_size", "conv1d_width", "conv_L_cache")
KERNEL = "linear_conv_kernel_dim"
OF_HEADS = ("linear_num_key_heads", "linear_num_value_heads")
OF_WIDTH = ("linear_key_head_dim", "linear_value_head_dim")


def features(block: Leaf | Module) -> Features:
    """The settings of ``block`` under common names, with those that follow from its parts."""
    found = dict(block.settings)
    if not block.settings:
        return found
    kind = block.kind if isinstance(block, Module) else ""
    always = FIXED.get(kind, {})
    found = {**{SPELLINGS.get(name, name): value for name, value in found.items()}, **always}
    if found.get("n_group") == 1:
        found.pop("topk_group", None)
    for name, value in NOTHING.items():
        if name in found and found[name] == value:
            found[name] = None
    _biases(found)
    _position(found)
    for name in LACKING.get(kind, ()):
        found.setdefault(name, None)
    reader = _BY_ROLE.get(block.role)
    found = found if reader is None else reader(block, found)
    lacking = {name for name, needed in ONLY_WITH.items() if name in found and is_without(found.get(needed))}
    return {name: value for name, value in found.items() if name not in lacking}


def known_of(block: Leaf | Module) -> Features:
    """What ``block`` has by name: what follows from a norm's weights where no kind made it, nothing that boxes say."""
    sort = sort_of(block)
    if sort == "norm" and isinstance(block, Leaf) and not block.settings:
        names = {weight.name for weight in block.weights}
        return {"bias": "bias" in names, "elementwise_affine": bool(names)}
    if sort in ("embedding", "output"):
        own = {name: value for name, value in block.settings if name.partition(".")[0] not in SAID_BY_BOXES}
        return _of_table(block, own)
    if is_sublayer(block):
        return features(block)
    found = _of_encoder(dict(block.settings))
    if RESIDUAL in found and found[RESIDUAL] is None:
        found[RESIDUAL] = "plain"  # every such layer has residuals
    return found


def _of_table(block: Leaf | Module, found: Features) -> Features:
    """What embeddings are multiplied with, in one value: √d is a number, too."""
    if "scale_embedding" not in found and "embedding_multiplier" not in found:
        return found
    scaled, factor = found.pop("scale_embedding", None), found.pop("embedding_multiplier", None)
    width = next((weight.shape[-1] for leaf in leaves(block) for weight in leaf.weights), 0)
    is_root = isinstance(factor, int | float) and isclose(factor, sqrt(width), rel_tol=1e-3)
    return {**found, "embedding_multiplier": "√d" if scaled or is_root else None if factor == 1 else factor}


def _of_encoder(found: Features) -> Features:
    """Heads of a module beside the line that says none of its own: as wide as they must be, each with its keys."""
    hidden, heads = found.get("hidden_size"), found.get("num_attention_heads")
    if isinstance(hidden, int) and isinstance(heads, int) and heads > 0:
        for name, value in (("head_dim", hidden // heads), ("num_key_value_heads", heads)):
            if name in found and found[name] is None:
                found[name] = value
    return found


def _biases(found: Features) -> None:
    """Biases of single projections that are left out are as those of the others."""
    for name in list(found):
        block, dot, own = name.rpartition(".")
        like = AS_OTHERS.get(own)
        if like is not None and found[name] is None:
            found[name] = found.get(f"{block}{dot}{like}")


def _position(found: Features) -> None:
    """How RoPE is scaled, in one value: its parts mean nothing one by one."""
    if found.get("position") != "rope":
        return
    scaling = "position.rope_scaling"
    names = [name for name in found if name.startswith(f"{scaling}.")]
    parts = {name.removeprefix(f"{scaling}."): found.pop(name) for name in names}
    found[scaling] = None
    if parts:
        made = RopeScaling.model_validate(parts)
        said, length = made.phrase, made.original_max_position_embeddings
        found[scaling] = text(said if length is None else SCALED_FROM(scaling=said, length=length))


def _experts(_: Leaf | Module, found: Features) -> Features:
    """One number and one width of shared experts, one width of a routed one."""
    if "num_experts" not in found:
        return found
    width = found.get("moe_intermediate_size") or found.pop("expert.intermediate_size", None)
    number = found.get("n_shared_experts")
    whole = found.get("shared_expert_intermediate_size") or found.pop("shared_expert.intermediate_size", None)
    if whole is None and isinstance(number, int) and isinstance(width, int):
        whole = number * width
    if number is None and (whole is not None or found.get("shared_expert") is not None):
        number = 1
    gate = found.get("shared_expert_gate") if number else None
    if found.get("shared_expert") == found.get("expert"):
        # A shared expert is of the kind of the others, unless it is said to be of another one.
        found.pop("shared_expert", None)
    alike = [
        name
        for name in found
        if name.startswith("shared_expert.") and same(found[name], found.get(name.removeprefix("shared_")))
    ]
    for name in alike:
        del found[name]
    return {**found, "moe_intermediate_size": width, **dict(zip(SHARED, (number, whole, gate), strict=True))}


def _attention(block: Leaf | Module, found: Features) -> Features:
    """Heads as they meet, and the indexer that chooses keys."""
    # An indexer has heads, too, without values.
    heads = next((one for leaf in leaves(block) if (one := leaf.heads) is not None and one.value_width != 0), None)
    if heads is not None:
        found.setdefault("num_attention_heads", heads.query)
        if (heads.cached or heads.cross) and found.get("num_key_value_heads") is None:
            found["num_key_value_heads"] = heads.key_value
        found.setdefault("head_dim", heads.width)
        found.setdefault("v_head_dim", heads.width if heads.value_width is None else heads.value_width)
    _scale(block, found)
    if found.get("qk_rope_head_dim") is not None:
        # The rotated part of a head has a width of its own: the share of it that is turned is no share of the head.
        found.pop("position.partial_rotary_factor", None)
    if found.get("is_causal") is False and "use_cache" in found:
        found["use_cache"] = False  # nothing is generated token by token
    blocks, width = found.get("index_topk_blocks"), found.get("index_block_size")
    if isinstance(blocks, int) and isinstance(width, int):
        found.setdefault("index_topk", blocks * width)
    indexer = found.get("indexer")
    if found.get("index_n_heads") is None:
        indexer = indexer if indexer == "shared" else None
    elif indexer in (None, "own"):
        indexer = "full"
    return {**found, **{name: found.get(name) for name in INDEX}, "indexer": indexer}


def _scale(block: Leaf | Module, found: Features) -> None:
    """What scores are multiplied with: 1/√d unless a setting gives another width or the factor itself."""
    head = found.get("head_dim")
    if getattr(block, "kind", "") in SCALED_BY_WIDTH and isinstance(head, int):
        found["attention_scale"] = f"1/{number(head)}"
    if "query_pre_attn_scalar" not in found and "attention_multiplier" not in found:
        return
    width, factor = found.pop("query_pre_attn_scalar", None), found.pop("attention_multiplier", None)
    usual = isinstance(head, int) and (width == head or factor == head**-0.5)
    if width is not None and isinstance(width, int | float) and not usual:
        found["attention_scale"] = f"1/√{number(width)}"
    else:
        found["attention_scale"] = "1/√d" if factor is None or usual else factor


def is_latent(found: Features) -> bool:
    """Whether a latent is cached, of which each head has keys and values: the number of KV heads says nothing then."""
    return not is_without(found.get("kv_lora_rank")) and KV_HEADS not in found


def _linear(_: Leaf | Module, found: Features) -> Features:
    """Heads and their widths under the names of the family that distinguishes keys and values."""
    if "short_conv_kernel_size" in found and "num_heads" in found:
        heads = found.pop("num_heads")
        width = found.pop("head_dim", None)
        names = zip(OF_HEADS + OF_WIDTH, (heads, heads, width, width), strict=True)
        found = {**dict(names), **found}
    return _convolution(_, found)


def _convolution(_: Leaf | Module, found: Features) -> Features:
    for name in KERNELS:
        if name in found:
            found.setdefault(KERNEL, found.pop(name))
    return found


_BY_ROLE: dict[str, Callable[[Leaf | Module, Features], Features]] = {
    "experts": _experts,
    "attention": _attention,
    "sliding": _attention,
    "linear": _linear,
    "convolution": _convolution,
}

"""Parts of stacks with a mixture of experts: the experts, which layers have them, and how the layers are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archdraw.readers.components import LAYER_NAMES, gated_feed_forward, given, multi_token_prediction
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.hybrids import combined
from archdraw.readers.similarity import like

EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
CHOSEN = ("num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_top_k", "moe_topk", "moe_k")


def mixture(config: Config, width: int, *, act: str = "silu", chosen: int | None = None, **extra: Any) -> Block:
    """Experts of ``width`` features behind a router.

    ``act`` is the class default of the activation, ``chosen`` that of the experts a token passes (None: none).
    ``extra`` are further fields of the kind; those that are None or False are left out, and so is a scale of 1.
    """
    usual = {} if chosen is None else {"default": chosen}
    fields: dict[str, Any] = {
        "num_experts": config.integer(*EXPERTS),
        "num_experts_per_tok": config.integer(*CHOSEN, **usual),
    }
    if extra.get("routed_scaling_factor") == 1:
        del extra["routed_scaling_factor"]
    return {
        "mixture_of_experts": fields | expert(gated_feed_forward(config, width, act=act, bias=None)) | given(**extra)
    }


def expert(body: Block) -> dict[str, Any]:
    """The field of an expert: the width alone where it is a plain SwiGLU."""
    assert isinstance(body, dict)
    inner = body.get("swiglu")
    if inner is not None and list(inner) == ["intermediate_size"]:
        return {"moe_intermediate_size": inner["intermediate_size"]}
    return {"expert": body}


def balanced(
    config: Config, *, norm: bool = True, scale: float = 1.0, groups: int = 1, chosen: int = 1
) -> dict[str, Any]:
    """The fields of a router in the manner of DeepSeek V3: sigmoid, a bias that balances, groups of experts.

    ``norm``, ``scale``, ``groups`` and ``chosen``, of which so many are chosen, are the class defaults.
    """
    method = config.text("topk_method", default="noaux_tc")
    if method != "noaux_tc":
        config.mark_incomplete(f"the choice of experts by {method}")
    scores = config.text("scoring_func", "score_func", "score_function", default="sigmoid")
    if scores not in ("sigmoid", "softmax"):
        config.mark_incomplete(f"routers with {scores}")
        scores = "sigmoid"
    groups = config.integer("n_group", "num_expert_groups", default=groups)
    chosen = config.integer("topk_group", "num_limited_groups", default=chosen)
    return {
        "scoring_func": scores if scores != "softmax" else None,
        "n_group": groups if groups > 1 else None,
        "topk_group": chosen if groups > 1 else None,
        "norm_topk_prob": config.flag("norm_topk_prob", "route_norm", default=norm),
        "routed_scaling_factor": config.number(
            *("routed_scaling_factor", "router_scaling_factor", "route_scale"),
            *("moe_routed_scaling_factor", "moe_router_scaling_factor"),
            default=scale,
        ),
        "e_score_correction_bias": True,
    }


def sparse_by_type(config: Config, number: int, *, dense_first: int = 0, longer: str = "") -> list[bool]:
    """For each layer whether it is sparse, from ``mlp_layer_types``; without it all but the ``dense_first``."""
    listed = config.texts("mlp_layer_types", default=[])
    if not listed:
        return [layer >= dense_first for layer in range(number)]
    for kind in sorted(set(listed) - {"dense", "sparse"}):
        config.mark_incomplete(f"feed forwards of the kind {kind}")
    return [kind != "dense" for kind in config.per_layer(listed, number, "mlp_layer_types", longer=longer)]


def sparse_by_step(config: Config, number: int, *, step: int = 1, usual: Sequence[int] = ()) -> list[bool]:
    """For each layer whether it is sparse: every ``decoder_sparse_step``-th but those in ``mlp_only_layers`` (Qwen).

    ``usual`` is the class default of these.
    """
    every = config.integer("decoder_sparse_step", default=step)
    dense = config.integers("mlp_only_layers", default=list(usual))
    for layer in dense:
        if not 0 <= layer < number:
            config.complain(f"mlp_only_layers names layer {layer} of {number}, from 0 on", "mlp_only_layers")
    return [layer not in dense and (layer + 1) % every == 0 for layer in range(number)]


def mixers_of(config: Config, kinds: Sequence[str], make: Callable[[str], Block]) -> tuple[dict[str, Block], list[str]]:
    """Definitions of the attention of each kind of layer, made by ``make``, and the name of each layer's.

    ``kinds`` are words of ``layer_types``. The first definition is whole, the others are written as changes of it.
    """
    for kind in sorted(set(kinds) - set(LAYER_NAMES)):
        config.mark_incomplete(f"attention of the kind {kind}")
    kinds = [kind if kind in LAYER_NAMES else "full_attention" for kind in kinds]
    found = [kind for kind in LAYER_NAMES if kind in kinds]
    if len(found) == 1:
        return {"softmax": make(found[0])}, ["softmax"] * len(kinds)
    whole = _labelled(make(found[0]), "global")
    defined = {LAYER_NAMES[found[0]]: whole}
    for kind in found[1:]:
        defined[LAYER_NAMES[kind]] = like(LAYER_NAMES[found[0]], whole, _labelled(make(kind), "sliding"))
    return defined, [LAYER_NAMES[kind] for kind in kinds]


def _labelled(mixer: Block, word: str) -> Block:
    """``mixer`` called by its reach, which distinguishes it from other layers."""
    assert isinstance(mixer, dict)
    ((keyword, fields),) = mixer.items()
    label = f"Gated {word} attention" if fields.get("output_gate") else f"{word.capitalize()} attention"
    return {keyword: {"label": label, **fields}}


def assembled(
    config: Config,
    made: Draft,
    mixers: dict[str, Block],
    rows: Sequence[str],
    feeds: dict[str, Block],
    feed_rows: Sequence[str],
    *,
    ends: tuple[Block, Block, Block] = ("embedding", "rmsnorm", "output_head"),
    predicts: tuple[str, str] | None = None,
    **fields: Any,
) -> Draft:
    """``made`` with its definitions and layers.

    ``rows`` and ``feed_rows`` name the mixer and the feed forward of each layer, ``fields`` are further fields of all
    decoders. ``ends`` are embedding, last norm and output head. Layers for multi-token prediction are like the last
    one, or have the mixer and the feed forward that ``predicts`` names.
    """
    further = predicts or (rows[-1], feed_rows[-1])
    used = {*rows, *feed_rows, *(further if _predicts(config) else ())}
    made.define |= {name: block for name, block in (mixers | feeds).items() if name in used}
    pairs = list(zip(rows, feed_rows, strict=True))
    names = combined(made, rows, feed_rows, **fields)
    predicting = []
    if _predicts(config):
        if further in pairs:
            name = names[pairs.index(further)]
        else:
            name = "mtp_layer"
            made.define[name] = {"decoder": {**fields, "attention": further[0], "feed_forward": further[1]}}
        predicting = multi_token_prediction(config, name)
    embedding, norm, head = ends
    made.layers = [embedding, *stacks(names), norm, *predicting, head]
    return made


def _predicts(config: Config) -> bool:
    return any(name in config for name in ("num_nextn_predict_layers", "num_mtp_modules", "mtp_num_hidden_layers"))

"""Sparse decoders of which some layers slide and differ in more than that: AFMoE, Laguna, Mellum, Kolibri."""

from __future__ import annotations

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    rope,
    whole_heads,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, balanced, mixers_of, mixture, sparse_by_step, sparse_by_type
from archdraw.readers.traced import commented

SLIDING = "sliding_attention"
UNTRAINED = {"e_score_correction_bias": "parameter"}
"""The balancing bias of classes that have it among their parameters, without gradients."""

NOWHERE: Block = "none"
"""The default position of a layer."""


def _kinds(config: Config, number: int, usual: list[str], *, longer: str = "") -> list[str]:
    """``layer_types``, or what the class makes where the file has none."""
    listed = config.texts("layer_types", default=[])
    return config.per_layer(listed, number, "layer_types", longer=longer) if listed else usual


def _every(number: int, period: int) -> list[str]:
    """Full attention in every ``period``-th layer, windows in the others."""
    return [SLIDING if (layer + 1) % period else "full_attention" for layer in range(number)]


def _unused(config: Config) -> None:
    """Reads what says nothing of a model in which no layer slides."""
    config.raw("sliding_window")
    positions = config.section("rope_parameters")
    if positions is not None:
        positions.ignore(*(name for name, value in positions.data.items() if isinstance(value, dict)))


def _feeds(config: Config, sparse: list[bool], mix: Block) -> tuple[dict[str, Block], list[str]]:
    feeds: dict[str, Block] = {"sparse": mix}
    if all(sparse):
        config.raw("intermediate_size")
    else:
        feeds["dense"] = gated_feed_forward(config)
    return feeds, ["sparse" if one else "dense" for one in sparse]


def _afmoe(config: Config) -> Draft:
    """AFMoE (Trinity): gated attention, rotation in sliding layers alone, four norms a layer."""
    made, number = draft(config), layer_count(config)
    every = config.integer("global_attn_every_n_layers", default=4)
    bias = config.flag("attention_bias", default=False)

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            output_gate=True,
            gate_projection="gate_proj",
            sliding_window=config.integer("sliding_window", default=1024) if slides else None,
            position=rope(config) if slides else NOWHERE,
        )

    shared = config.integer("num_shared_experts", default=2, least=0) or None
    # The class always makes the weights of the chosen experts sum to 1.
    router = balanced(config) | {**UNTRAINED, "norm_topk_prob": True}
    mix = mixture(config, config.integer("moe_intermediate_size"), n_shared_experts=shared, **router)
    mixers, rows = mixers_of(config, _kinds(config, number, _every(number, every)), mixer)
    dense = config.integer("num_dense_layers", default=1, least=0)
    feeds, feed_rows = _feeds(config, [layer >= dense for layer in range(number)], mix)
    scaled = config.flag("mup_enabled", default=False)
    embedding: Block = {"embedding": {"scale_embedding": True}} if scaled else "embedding"
    ends: tuple[Block, Block, Block] = (embedding, "rmsnorm", "output_head")
    return assembled(config, made, mixers, rows, feeds, feed_rows, ends=ends, placement="sandwich")


def _laguna(config: Config) -> Draft:
    """Laguna: more query heads in sliding layers, a gate for each head, rotation by the kind of layer."""
    made, number = draft(config), layer_count(config)
    kinds = _kinds(config, number, ["full_attention"] * number)
    usual = config.integer("num_attention_heads")
    listed = config.integers("num_attention_heads_per_layer", default=[usual] * number)
    heads = config.per_layer(listed, number, "num_attention_heads_per_layer")
    pairs = list(zip(kinds, heads, strict=True))
    by_kind = {kind: sorted({size for other, size in pairs if other == kind}) for kind in kinds}
    for kind, several in by_kind.items():
        if len(several) > 1:
            config.mark_incomplete(f"{' and '.join(map(str, several))} query heads in layers of one kind ({kind})")
    bias, gate = config.flag("attention_bias", default=False), _laguna_gate(config)
    groups, width = config.integer("num_key_value_heads"), config.integer("head_dim", default=128)

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        turned = rope(config, theta=10000.0, kind=kind) if slides else rope(config, theta=5e5, partial=0.5, kind=kind)
        return whole_heads(
            by_kind.get(kind, [usual])[0],
            groups,
            width,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            output_gate=gate,
            gate_projection="g_proj",
            gate_activation=commented("softplus", "the class has softplus"),
            sliding_window=config.integer("sliding_window", default=512) if slides else None,
            position=turned,
        )

    cap = config.number("moe_router_logit_softcapping", default=0.0)
    # The class always makes the weights of the chosen experts sum to 1.
    router = balanced(config) | {**UNTRAINED, "norm_topk_prob": True, "router_logit_softcapping": cap or None}
    shared = config.integer("shared_expert_intermediate_size", default=512)
    mix = mixture(config, config.integer("moe_intermediate_size"), shared_expert_intermediate_size=shared, **router)
    if config.flag("moe_apply_router_weight_on_input", default=False):
        config.mark_incomplete("router weights on what goes into the experts")
    by_step = "mlp_layer_types" not in config and "mlp_only_layers" in config
    sparse = sparse_by_step(config, number)
    if not by_step:
        sparse = sparse_by_type(config, number, dense_first=1)
    mixers, rows = mixers_of(config, kinds, mixer)
    _unused(config)
    feeds, feed_rows = _feeds(config, sparse, mix)
    return assembled(config, made, mixers, rows, feeds, feed_rows)


def _laguna_gate(config: Config) -> bool | str:
    """One number a head, or one a feature; a list that says it for each layer must say the same in all."""
    gating = config.raw("gating")
    kinds = {kind.replace("-", "_") for kind in config.texts("gating_types", default=[])}
    per_head = gating in (None, True, "per-head", "per_head")
    if kinds - {"per_head" if per_head else "per_element"}:
        config.mark_incomplete(f"gates of the kinds {', '.join(sorted(kinds))}")
    return "per_head" if per_head else True


def _mellum(config: Config) -> Draft:
    """Mellum 2: Qwen3 MoE with windows, rotation by the kind of layer."""
    made, number = draft(config), layer_count(config)
    bias = config.flag("attention_bias", default=False)
    kinds = _kinds(config, number, ["full_attention"] * number)
    if not config.flag("use_sliding_window", default=True):
        kinds = ["full_attention"] * number

    def mixer(kind: str) -> Block:
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            sliding_window=config.integer("sliding_window", default=1024) if kind == SLIDING else None,
            position=rope(config, theta=10000.0 if kind == SLIDING else 5e5, kind=kind),
        )

    norm = config.flag("norm_topk_prob", default=True)
    mix = mixture(config, config.integer("moe_intermediate_size"), norm_topk_prob=norm)
    mixers, rows = mixers_of(config, kinds, mixer)
    _unused(config)
    feeds, feed_rows = _feeds(config, sparse_by_type(config, number), mix)
    # Layers of multi-token prediction slide and are sparse unless lists of their own say otherwise.
    names = {"full_attention": "global", SLIDING: "local"}
    kind = (config.texts("mtp_layer_types", default=[]) or [SLIDING])[0]
    feed = (config.texts("mtp_mlp_layer_types", default=[]) or ["sparse"])[0]
    further = names.get(kind, "global"), feed if feed in feeds else "sparse"
    config.raw("num_nextn_predict_layers")
    predicts = (further[0] if further[0] in mixers else rows[-1], further[1])
    return assembled(config, made, mixers, rows, feeds, feed_rows, predicts=predicts)


def _kolibri(config: Config) -> Draft:
    """Kolibri: four norms a layer, rotation in sliding layers alone, a shared expert in each."""
    made, number = draft(config), layer_count(config)
    kinds = _kinds(config, number, _every(number, 5))
    slides = config.flag("use_sliding_window", default=True)
    config.raw("intermediate_size")
    without_effect(config, "attention_bias")

    def mixer(kind: str) -> Block:
        window = config.integer("sliding_window", default=513) if kind == SLIDING and slides else None
        return attention(
            config,
            qk_norm="rmsnorm_per_head",
            sliding_window=window,
            position=rope(config) if kind == SLIDING or not slides else NOWHERE,
        )

    router = balanced(config, norm=False)
    shared = config.integer("shared_expert_intermediate_size", default=512)
    mix = mixture(config, config.integer("moe_intermediate_size"), shared_expert_intermediate_size=shared, **router)
    mixers, rows = mixers_of(config, kinds if slides else ["full_attention"] * number, mixer)
    return assembled(config, made, mixers, rows, {"sparse": mix}, ["sparse"] * number, placement="sandwich")


FAMILIES = (
    Family(("afmoe",), _afmoe, ("AfmoeForCausalLM",), ("load_balance_coeff", "use_grouped_mm")),
    Family(("laguna",), _laguna, ("LagunaForCausalLM",)),
    Family(("mellum",), _mellum, ("MellumForCausalLM",), ("max_window_layers",)),
    Family(("kolibri1",), _kolibri, ("Kolibri1ForCausalLM",), ("head_dtype",)),
)

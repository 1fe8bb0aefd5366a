"""Step 3.5: heads, rotation and clamps that differ from layer to layer, given as lists."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count, rope, rope_scaling, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, balanced, mixers_of, mixture, sparse_by_type
from archdraw.readers.traced import commented

SLIDING = "sliding_attention"
NOWHERE: Block = "none"
"""The default position of a layer."""


def _step_3_5(config: Config) -> Draft:
    """Step 3.5: more query heads in sliding layers, a gate for each head, experts clamped in the last layers.

    Lists with an entry for each layer go on for the layers of multi-token prediction.
    """
    made, number = draft(config), layer_count(config)
    further = config.integer("num_nextn_predict_layers", default=0, least=0)
    config.ignore("max_seq_len", "num_sliding_attention_heads", "mtp_layer_types", "mtp_mlp_layer_types")
    _same_heads(config)
    usual = ["full_attention"] * (number + further)
    listed = config.texts("layer_types", default=usual)
    kinds = config.per_layer(listed, number, "layer_types", longer="MTP layers")
    predicts = listed[number : number + further][:1] or kinds[-1:]
    made_by = _StepLayers(config, listed)
    mixers, rows = mixers_of(config, [*kinds, *predicts], made_by.mixer)
    sparse = _step_sparse(config, number + further)
    feeds: dict[str, Block] = {}
    feed_rows = []
    for layer, is_sparse in enumerate(sparse):
        name, block = made_by.feed(layer, is_sparse)
        feeds.setdefault(name, block)
        feed_rows.append(name)
    zero = config.flag("zero_centered", default=True)
    norm: Block = {"rmsnorm": {"zero_centered": True}} if zero else "rmsnorm"
    last = (rows[-1], feed_rows[-1])
    ends: tuple[Block, Block, Block] = ("embedding", norm, "output_head")
    fields = {"norm": norm} if zero else {}
    return assembled(config, made, mixers, rows[:number], feeds, feed_rows[:number], ends=ends, predicts=last, **fields)


def _same_heads(config: Config) -> None:
    """Files that transformers wrote give the heads of sliding layers once more, layer by layer."""
    each = config.section("per_layer_config")
    for index in each.data if each is not None else ():
        own = each.section(index) if each is not None else None
        if own is not None and own.integer("num_attention_heads") != config.integer("num_sliding_attention_heads"):
            own.complain("num_attention_heads is not num_sliding_attention_heads", "num_attention_heads")


class _StepLayers:
    """The parts of the layers of a Step 3.5, whose keys hold lists with an entry for each layer."""

    def __init__(self, config: Config, kinds: list[str]) -> None:
        self.config, self.kinds = config, kinds
        if config.text("att_impl_type", default="GQA") != "GQA":
            config.mark_incomplete(f"attention of the type {config.text('att_impl_type')}")
        self.theta = self._listed("rope_theta", 10000.0)
        self.partial = self._listed("partial_rotary_factors", 1.0)
        self.turned = config.integers("use_rope_layers", default=[])
        self.stretched = config.texts("yarn_only_types", default=["full_attention"])
        self.limits, self.shared_limits = self._listed("swiglu_limits", 0.0), self._listed("swiglu_limits_shared", 0.0)
        self.other = config.section("attention_other_setting")

    def mixer(self, kind: str) -> Block:
        """The attention of the layers of a ``kind``."""
        config, layer = self.config, self.kinds.index(kind) if kind in self.kinds else 0
        slides = kind == SLIDING
        source, groups = config, config.integer("num_attention_groups", "num_key_value_heads")
        heads, width = config.integer("num_attention_heads"), config.integer("head_dim")
        if self.other is not None:
            self.other.ignore("true_head_dim")
            if kind == self.other.text("attention_type", default=SLIDING):
                source = self.other
                heads = source.integer("num_attention_heads", default=heads)
                groups = source.integer("num_attention_groups", default=groups)
                width = source.integer("head_dim", default=width)
        if slides and "num_sliding_attention_heads" in config:
            heads = config.integer("num_sliding_attention_heads")
        scale = config.optional_number("query_pre_attn_scalar")
        gated = config.flag("use_head_wise_attn_gate", default=True)
        return whole_heads(
            heads,
            groups,
            width,
            attention_bias=config.flag("attention_bias", default=False),
            qk_norm="rmsnorm_per_head" if config.flag("use_qk_norm", default=True) else None,
            sinks=config.flag("sink", default=False),
            query_pre_attn_scalar=scale if scale != width else None,
            output_gate="per_head" if gated else None,
            gate_projection="g_proj" if gated else None,
            sliding_window=config.integer("sliding_window") if slides else None,
            position=self._position(layer, kind),
        )

    def feed(self, layer: int, sparse: bool) -> tuple[str, Block]:
        """The name and the block of the feed forward of a layer."""
        config = self.config
        own, shared = self._at(self.limits, layer), self._at(self.shared_limits, layer)
        if not sparse:
            return f"dense{_clamp(shared)}", _clamped(gated_feed_forward(config), shared)
        router: dict[str, Any] = balanced(config)
        router["scoring_func"] = config.text("moe_router_activation", default="sigmoid")
        router["norm_topk_prob"] = config.flag("norm_expert_weight", default=True)
        router["e_score_correction_bias"] = config.flag("use_moe_router_bias", default=True)
        width = config.integer("moe_intermediate_size")
        shared_width = config.integer("share_expert_dim", "share_expert_dims")
        if own == shared:
            router["shared_expert_intermediate_size"] = shared_width
        else:
            router["shared_expert"] = _clamped(gated_feed_forward(config, shared_width), shared)
        mix = mixture(config, width, **router)
        assert isinstance(mix, dict)
        fields = mix["mixture_of_experts"]
        if own:
            fields.pop("moe_intermediate_size", None)
            fields["expert"] = _clamped(gated_feed_forward(config, width), own)
        if not own and not shared:
            return "sparse", mix
        label = "Clamped experts" if own and shared else "Clamped routed experts" if own else "Clamped shared expert"
        return f"sparse{_clamp(own)}{_clamp(shared, 'shared')}", {
            "mixture_of_experts": {"label": commented(label, "swiglu_limits, swiglu_limits_shared"), **fields}
        }

    def _position(self, layer: int, kind: str) -> Block:
        same = [index in self.turned for index, other in enumerate(self.kinds) if other == kind]
        if self.turned and any(same) != all(same):
            self.config.mark_incomplete("rotation in some of the layers of one kind")
        if self.turned and layer not in self.turned:
            return NOWHERE
        if "rope_parameters" in self.config:
            return rope(self.config, kind=kind)
        fields: dict[str, Any] = {"rope_theta": float(self._at(self.theta, layer))}
        partial = self._at(self.partial, layer)
        if partial < 1:
            fields["partial_rotary_factor"] = float(partial)
        scaling = rope_scaling(self.config)
        if kind in self.stretched and scaling:
            fields["rope_scaling"] = scaling
        return {"rope": fields}

    def _listed(self, name: str, usual: float) -> list[float]:
        value = self.config.raw(name)
        if isinstance(value, list):
            if not value:
                self.config.complain(f"{name} is an empty list", name)
                return [usual] * len(self.kinds)
            # An entry of null is none, as 0 is.
            listed = Config({name: [entry or 0.0 for entry in value]}, self.config.path, self.config).numbers(name)
            return listed or [usual] * len(self.kinds)
        return [self.config.number(name, default=usual)] * len(self.kinds)

    @staticmethod
    def _at(values: list[float], layer: int) -> float:
        return values[layer] if layer < len(values) else values[-1]


def _clamp(limit: float, word: str = "clamped") -> str:
    """The end of a definition's name for a limit; nothing without one."""
    return f"_{word}_{limit:g}".replace(".", "_") if limit else ""


def _clamped(block: Block, limit: float) -> Block:
    """``block``, a gated feed forward, with a limit on both of its factors."""
    assert isinstance(block, dict)
    ((keyword, fields),) = block.items()
    return {keyword: {**fields, "swiglu_limit": float(limit)}} if limit else block


def _step_sparse(config: Config, number: int) -> list[bool]:
    """Which layers have experts: ``moe_layers_enum`` counts them up; else every n-th from an offset on."""
    if "mlp_layer_types" in config:
        return sparse_by_type(config, number, longer="MTP layers")
    every = config.integer("moe_every_n_layer", default=1)
    offset = config.integer("moe_layer_offset", default=0, least=0)
    if not config.flag("use_moe", default=True):
        return [False] * number
    named = config.raw("moe_layers_enum")
    if named is None:
        return [layer >= max(offset, 3) and layer % every == 0 for layer in range(number)]
    words = named.split(",") if isinstance(named, str) else named if isinstance(named, list) else []
    try:
        chosen = {int(word) for word in words}
    except (TypeError, ValueError):
        config.complain("moe_layers_enum must be whole numbers with commas between them", "moe_layers_enum")
        return [True] * number
    return [layer in chosen for layer in range(number)]


FAMILIES = (Family(("step3p5",), _step_3_5, ("Step3p5ForCausalLM",), ("need_fp32_gate",)),)

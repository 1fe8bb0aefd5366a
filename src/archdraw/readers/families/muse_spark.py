"""The text model of Muse Spark: sigmoid gates of the residual connections, experts in a narrower space."""

from __future__ import annotations

from archdraw.readers.components import gated_feed_forward, given, tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.muse import muse_attention
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import mixture

_FULL, _SLIDING = "full_attention", "sliding_attention"
_BARE: Block = {"rmsnorm": {"elementwise_affine": False}}
_CENTERED: Block = {"rmsnorm": {"zero_centered": True}}


def _text(config: Config) -> Draft:
    made = Draft(
        hidden_size=config.integer("hidden_size", default=8192),
        vocab_size=config.integer("vocab_size", default=202048),
        context_length=config.integer("max_position_embeddings", default=1048576),
        tie_word_embeddings=tied_embeddings(config, False),
    )
    config.ignore("post_norm_eps", "output_router_logits", "residual_gate_temperature", "intermediate_size")
    names = _layers(config, made)
    cap = config.number("final_logit_softcapping", default=20.0)
    head = given(
        logit_scale=config.number("output_multiplier", default=0.1767766952966369),
        final_logit_softcapping=cap,
    )
    made.layers = ["embedding", _BARE, *stacks(names), "rmsnorm", {"output_head": head}]
    return made


def _layers(config: Config, made: Draft) -> list[str]:
    """Defines the kinds of layers, and returns the name of each layer."""
    number = config.integer("num_hidden_layers", default=62)
    usual = [_FULL if (number - 1 - index) % 4 == 0 else _SLIDING for index in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types")
    source = config.section("rope_parameters") or config
    base = source.number("rope_theta", default=500000.0)
    if source.text("rope_type", default="default") != "default":
        source.mark_incomplete("stretched positions")
    listed = config.numbers("layer_rope_theta", default=[0.0 if kind == _FULL else base for kind in usual])
    turned = [bool(value) for value in config.per_layer(listed, number, "layer_rope_theta")]
    if set(listed) - {0, base}:
        config.mark_incomplete("rotations of several bases")
    feeds = config.per_layer(config.texts("mlp_layer_types", default=["sparse"] * number), number, "mlp_layer_types")
    names: list[str] = []
    for kind, turns, feed in zip(kinds, turned, feeds, strict=True):
        if kind not in (_FULL, _SLIDING):
            config.mark_incomplete(f"layers of type {kind[:40]}")
        mixer = "local" if kind == _SLIDING else "global"
        mixer += "" if turns == (kind == _SLIDING) else "_with_positions" if turns else "_without_positions"
        network = "experts" if feed == "sparse" else "dense"
        name = f"{mixer}_{network}_layer" if len(set(feeds)) > 1 else f"{mixer}_layer"
        names.append(name)
        if mixer not in made.define:
            theta = base if turns else None
            made.define[mixer] = muse_attention(config, kind, theta, (128, 16, 64), 5.4730064863875, o_norm=True)
        if network not in made.define:
            made.define[network] = _experts(config) if feed == "sparse" else _dense(config)
        if name not in made.define:
            made.define[name] = _layer(mixer, network, made.hidden_size)
    return names


def _layer(mixer: str, network: str, hidden: int) -> Block:
    """Two sublayers between norms, each joined to the line by gates: a learned vector mixes line and output."""
    attention = [_CENTERED, mixer, _BARE]
    feed = [_CENTERED, network, _CENTERED]
    body = [
        _joined(attention, "post_attention_residual_gate", hidden),
        _joined(feed, "post_feedforward_residual_gate", hidden),
    ]
    return {"layer": {"label": "Decoder layer", "body": body}}


def _joined(body: list[Block], name: str, hidden: int) -> Block:
    gate = {"name": name, "label": "× β", "detail": "β = σ(gate / temperature)"}
    output: Block = {"weight": {**gate, "weights": [{"name": "gate", "shape": [hidden]}]}}
    passing: Block = {"op": {"label": "× α", "detail": "α = √(1 - β²)"}}
    return {"parallel": {"branches": [[passing], [*body, output]]}}


def _dense(config: Config) -> Block:
    return gated_feed_forward(config, config.integer("intermediate_size", default=16384))


def _experts(config: Config) -> Block:
    return mixture(
        config,
        config.integer("moe_intermediate_size", default=4096),
        scoring_func="sigmoid",
        norm_topk_prob=True,
        e_score_correction_bias=True,
        moe_latent_size=config.integer("moe_hidden_size", default=4096),
        latent_moe_use_norm="around_experts",
        routed_scaling_factor=config.number("routed_scaling_factor", default=1.0),
    )


FAMILIES = (Family(("muse_spark_text",), _text),)

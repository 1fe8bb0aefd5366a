"""Stacks of state space mixers alone: Mamba, Mamba-2, Falcon Mamba."""

from __future__ import annotations

from math import ceil
from typing import Any

from archdraw.readers.components import draft, given, layer_count, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented, whole


def _mamba(config: Config) -> Draft:
    return _alone(config, {"mamba": _mamba_fields(config)}, tied=True)


def _falcon_mamba(config: Config) -> Draft:
    return _alone(config, {"mamba": _mamba_fields(config) | {"time_step_norms": "weightless"}}, tied=True)


def _mamba2(config: Config) -> Draft:
    heads, width = config.integer("num_heads", default=128), config.integer("head_dim", default=64)
    inner = int(config.number("expand", default=2.0) * config.integer("hidden_size"))
    if heads * width != inner:
        config.complain(f"num_heads {heads} × head_dim {width} is not expand × hidden_size = {inner:,}", "num_heads")
    groups = config.integer("n_groups", default=8)
    fields = {
        "num_heads": heads,
        "head_dim": width,
        "state_size": config.integer("state_size", default=128),
        "n_groups": groups,
        "conv_kernel": config.integer("conv_kernel", default=4),
    }
    fields |= unless(norm_groups=(commented(whole(groups), "n_groups"), 1)) | _biases(config)
    return _alone(config, {"mamba2": fields}, tied=False)


def _alone(config: Config, mixer: Block, *, tied: bool) -> Draft:
    made = draft(config, tied=tied)
    if not config.flag("rms_norm", default=True):
        config.mark_incomplete("rms_norm: false")
    made.define["layer"] = {"decoder": {"label": "Mamba layer", "attention": mixer}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _mamba_fields(config: Config) -> dict[str, Any]:
    hidden, expand = config.integer("hidden_size"), config.number("expand", default=2.0)
    usual = commented(whole(expand * hidden), f"expand {expand:g} × hidden_size")
    inner = config.integer("intermediate_size", default=usual)
    if inner != usual:
        said = f"intermediate_size {inner:,} is not expand × hidden_size = {usual:,}: it counts"
        config.warn(said, "intermediate_size")
    else:
        inner = usual
    return {
        "intermediate_size": inner,
        "state_size": config.integer("state_size", default=16),
        "time_step_rank": time_step_rank(config, "time_step_rank", hidden),
        "conv_kernel": config.integer("conv_kernel", default=4),
        **_biases(config),
    }


def time_step_rank(config: Config, key: str, hidden: int) -> int:
    """The features that the step goes through: the number under ``key``, or a sixteenth of the hidden size."""
    if config.raw(key) in (None, "auto"):
        return commented(ceil(hidden / 16), "hidden_size / 16")
    return config.integer(key)


def _biases(config: Config) -> dict[str, Any]:
    """The fields for biases and the activation."""
    act = config.text("hidden_act", default="silu")
    act = "silu" if act == "swish" else act
    if act not in ("silu", "gelu", "relu"):
        config.mark_incomplete(f"the activation {act[:40]}")
        act = "silu"
    biased = config.flag("use_conv_bias", default=True)
    return given(use_bias=config.flag("use_bias", default=False)) | unless(
        use_conv_bias=(biased, True), hidden_act=(act, "silu")
    )


_HARMLESS = (
    *("chunk_size", "time_step_floor", "time_step_init_scheme", "time_step_limit", "time_step_max", "time_step_min"),
    *("time_step_scale", "use_associative_scan", "use_falcon_mambapy", "use_mambapy", "mixer_rms_eps"),
    "fused_add_norm",
)

FAMILIES = (
    Family(("mamba",), _mamba, ("MambaForCausalLM",), _HARMLESS),
    Family(("mamba2",), _mamba2, ("Mamba2ForCausalLM",), (*_HARMLESS, "time_step_rank", "intermediate_size")),
    Family(("falcon_mamba",), _falcon_mamba, ("FalconMambaForCausalLM",), _HARMLESS),
)

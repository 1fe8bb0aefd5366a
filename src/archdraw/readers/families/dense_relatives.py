"""Further dense decoders of the Llama line: GLM-4, ERNIE 4.5, Hunyuan V1, Seed-OSS."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.sparse_relatives import hunyuan_attention
from archdraw.readers.family import Family


def _plain(config: Config, made: Draft, mixer: Block, *, head: Block = "output_head", **fields: Any) -> Draft:
    """A stack of equal layers; ``fields`` are further fields of the decoder."""
    bias = config.flag("use_bias", default=False)
    layer = {**fields, "attention": mixer, "feed_forward": gated_feed_forward(config, bias=bias)}
    made.define["layer"] = {"decoder": layer}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", head]
    return made


def _glm(config: Config, **fields: Any) -> Draft:
    """GLM-4: half of each head turns, queries, keys and values have biases."""
    biased = config.flag("attention_bias", default=True)
    mixer = whole_heads(
        config.integer("num_attention_heads"),
        config.integer("num_key_value_heads", default=2),
        config.integer("head_dim", default=128),
        attention_bias=biased,
        attention_out_bias=False if biased else None,
        position=rope(config, partial=0.5),
    )
    return _plain(config, draft(config), mixer, **fields)


def _glm4(config: Config) -> Draft:
    """GLM-4-0414: four norms a layer."""
    return _glm(config, placement="sandwich")


def _ernie(config: Config) -> Draft:
    """ERNIE 4.5: tied tables unless the file says otherwise."""
    bias = config.flag("use_bias", default=False)
    return _plain(
        config, draft(config, tied=True), attention(config, attention_bias=bias, position=rope(config, theta=5e5))
    )


def _hunyuan(config: Config) -> Draft:
    """Hunyuan V1, dense: QK-norm after the rotation."""
    return _plain(config, draft(config), hunyuan_attention(config, config.flag("attention_bias", default=False)))


def _seed_oss(config: Config) -> Draft:
    """Seed-OSS: biases on queries, keys and values."""
    biased, out = config.flag("attention_bias", default=True), config.flag("attention_out_bias", default=False)
    mixer = attention(
        config,
        attention_bias=biased,
        attention_out_bias=out if biased or out else None,
        position=rope(config),
    )
    return _plain(config, draft(config), mixer)


FAMILIES = (
    Family(("glm",), _glm, ("GlmForCausalLM",)),
    Family(("glm4",), _glm4, ("Glm4ForCausalLM",)),
    Family(("ernie4_5",), _ernie, ("Ernie4_5ForCausalLM", "Ernie4_5_ForCausalLM")),
    Family(("hunyuan_v1_dense",), _hunyuan, ("HunYuanDenseV1ForCausalLM",), ("eod_token_id", "sep_token_id")),
    Family(("seed_oss",), _seed_oss, ("SeedOssForCausalLM",)),
)

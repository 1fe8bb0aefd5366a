"""Text models that stand inside of models with a vision encoder alone: of GLM-4.1V, Molmo 2, Cosmos 3 Edge."""

from __future__ import annotations

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import UNGATED
from archdraw.readers.families.sparse import glm4_moe
from archdraw.readers.family import Family


def _equal(config: Config, made: Draft, decoder: dict[str, Block], embedding: Block = "embedding") -> Draft:
    """``made`` with a stack of equal layers."""
    made.define["layer"] = {"decoder": decoder}
    made.layers = [embedding, *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _glm4v(config: Config) -> Draft:
    """GLM-4.1V: as GLM-4-0414, with biases whatever the file says and no width of a head but the layer's share."""
    config.ignore("head_dim", "attention_bias")
    mixer = attention(config, attention_bias=True, attention_out_bias=False, position=rope(config))
    return _equal(
        config, draft(config), {"placement": "sandwich", "attention": mixer, "feed_forward": gated_feed_forward(config)}
    )


def _glm_ocr(config: Config) -> Draft:
    """GLM-OCR: four norms a layer, no biases."""
    mixer = attention(config, position=rope(config))
    return _equal(
        config, draft(config), {"placement": "sandwich", "attention": mixer, "feed_forward": gated_feed_forward(config)}
    )


def _glm4v_moe(config: Config) -> Draft:
    """GLM-4.5V: GLM-4.5 with biases, without QK-norm."""
    return glm4_moe(config, biased=True)


def _molmo2(config: Config) -> Draft:
    """Molmo 2: a Qwen3 or, with norms behind the sublayers, an OLMo 2; further rows for tokens of images."""
    config.ignore("rope_scaling_layers")
    if config.raw("rope_scaling_layers") and config.section("rope_scaling") is not None:
        config.mark_incomplete("which layers stretch positions (rope_scaling_layers)")
    made = draft(config)
    norms = {"qwen3": "rmsnorm_per_head", "olmo": "rmsnorm_whole"}
    kind = config.text("qk_norm_type", default="qwen3")
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        attention_out_bias=False if config.flag("attention_bias", default=False) else None,
        qk_norm=norms.get(kind, norms["olmo"]),
        position=rope(config),
    )
    further = config.integer("additional_vocab_size", default=128, least=0)
    decoder: dict[str, Block] = {"attention": mixer, "feed_forward": gated_feed_forward(config)}
    if config.flag("norm_after", default=False):
        decoder = {"placement": "post", **decoder}
    rows: Block = {"embedding": {"num_embeddings": made.vocab_size + further}} if further else "embedding"
    return _equal(config, made, decoder, rows)


def _cosmos(config: Config) -> Draft:
    """Cosmos 3 Edge: two projections around a squared ReLU."""
    act = config.text("hidden_act", default="relu2")
    if act != "relu2":
        config.mark_incomplete(f"the activation {act[:40]}")
    biased, wide = config.flag("attention_bias", default=False), config.flag("mlp_bias", default=False)
    mixer = attention(config, attention_bias=biased, position=rope(config, theta=1e8))
    feed_forward: Block = {"relu_squared": {"intermediate_size": config.integer("intermediate_size")}}
    if wide:
        feed_forward = {"relu_squared": {"intermediate_size": config.integer("intermediate_size"), "mlp_bias": True}}
    return _equal(config, draft(config), {"attention": mixer, "feed_forward": feed_forward})


def _kosmos(config: Config, *, second: bool = False) -> Draft:
    """Kosmos-2: norms inside of both sublayers, sines for positions. The ``second`` has one of them and segments."""
    config.ignore("activation_dropout", "layerdrop", "dropout")
    if config.flag("add_cross_attention", default=False):
        config.mark_incomplete("cross-attention to an encoder (add_cross_attention)")
    width, heads = (1536, 16) if second else (2048, 32)
    made = Draft(
        hidden_size=config.integer("embed_dim", default=width),
        vocab_size=config.integer("vocab_size", default=108_481 if second else 65_037),
        context_length=config.integer("max_position_embeddings", default=4096 if second else 2048),
        tie_word_embeddings=True,
    )
    act = config.text("activation_function", default="gelu")
    if act not in UNGATED:
        config.mark_incomplete(f"the activation {act[:40]}")
    mixer = {
        "num_attention_heads": config.integer("attention_heads", default=heads),
        "attention_bias": True,
        **({} if second else {"attn_sub_norm": "layernorm"}),
    }
    inner = {"intermediate_size": config.integer("ffn_dim", default=6144 if second else 8192), "mlp_bias": True}
    made.define["layer"] = {
        "decoder": {
            "norm": "layernorm",
            "attention": {"multi_head": mixer},
            "feed_forward": {UNGATED.get(act, "gelu"): {**inner, "ffn_sub_norm": "layernorm"}},
        }
    }
    table = {
        "sinusoidal_positions": True,
        **({"scale_embedding": True} if config.flag("scale_embedding", default=True) else {}),
        **({"type_vocab_size": 2} if second else {}),
    }
    number = config.integer("layers", default=24)
    made.layers = [{"embedding": table}, *stacks(["layer"] * number), "layernorm", "output_head"]
    return made


def _kosmos_2_5(config: Config) -> Draft:
    return _kosmos(config, second=True)


FAMILIES = (
    Family(("kosmos_2_text_model",), _kosmos),
    Family(("kosmos_2_5_text_model",), _kosmos_2_5),
    Family(("glm4v_text",), _glm4v),
    Family(("glm_ocr_text",), _glm_ocr),
    Family(("glm4v_moe_text",), _glm4v_moe),
    Family(("molmo2_text",), _molmo2),
    Family(("cosmos3_edge_text",), _cosmos),
)

"""LongCat: two latent attentions and two dense feed forwards a layer, experts on a shortcut, n-gram tables."""

from __future__ import annotations

from archdraw.readers.components import draft, given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.deepseek import IGNORED
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import latent_attention, latent_rope


def _longcat(config: Config) -> Draft:
    made = draft(config)
    position = latent_rope(config, 10_000_000.0)
    made.define["latent"] = latent_attention(config, position, mla_scale=True)
    if config.text("hidden_act", default="silu") != "silu":
        config.mark_incomplete("feed forwards without SiLU")
    if config.flag("is_encoder_decoder", default=False):
        config.mark_incomplete("an encoder before the decoder")
    kind = config.text("zero_expert_type", default="identity")
    if kind != "identity":
        config.mark_incomplete(f"zero experts of type {kind}")
    if not config.flag("mla_scale_q_lora", default=True) or not config.flag("mla_scale_kv_lora", default=True):
        config.mark_incomplete("latents of another scale")
    moe = {
        "num_experts": config.integer("n_routed_experts", default=512),
        "num_experts_per_tok": config.integer("moe_topk", "num_experts_per_tok", default=12),
        "moe_intermediate_size": config.integer("expert_ffn_hidden_size", "moe_intermediate_size"),
        "routed_scaling_factor": config.number("routed_scaling_factor", default=6.0),
        "e_score_correction_bias": True,
    }
    zero = config.integer("zero_expert_num", default=256, least=0)
    moe |= given(zero_expert_num=zero or None, router_bias=config.flag("router_bias", default=False))
    moe |= given(norm_topk_prob=config.flag("norm_topk_prob", default=False))
    made.define["layer"] = {
        "shortcut_layer": {
            "times": config.integer("num_layers"),
            "attention": "latent",
            "feed_forward": {"swiglu": {"intermediate_size": config.integer("ffn_hidden_size", "intermediate_size")}},
            "experts": {"mixture_of_experts": moe},
        }
    }
    made.layers = ["embedding", "layer", "rmsnorm", "output_head"]
    return made


def _longcat_ngram(config: Config) -> Draft:
    """LongCat-Flash-Lite: tables of n-grams beside the token table."""
    made = _longcat(config)
    table: Block = {
        "ngram_embedding": {
            "ngram_vocab_size_ratio": config.integer("ngram_vocab_size_ratio"),
            "emb_neighbor_num": config.integer("emb_neighbor_num"),
            "emb_split_num": config.integer("emb_split_num"),
        }
    }
    made.layers[0] = table
    return made


FAMILIES = (
    Family(("longcat_flash",), _longcat, ("LongcatFlashForCausalLM",), IGNORED),
    Family(("longcat_flash_ngram",), _longcat_ngram, ("LongcatFlashNgramForCausalLM",), IGNORED),
)

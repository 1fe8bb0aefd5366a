"""The DeepSeek line and what was built like it: latent attention, fine-grained experts, shared experts."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    given,
    layer_count,
    multi_token_prediction,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.latent_parts import (
    GLM,
    MISTRAL,
    V2,
    V3,
    V32,
    Defaults,
    index_fields,
    index_kinds,
    latent_attention,
    latent_rope,
    mixture,
    sparse_layers,
)
from archdraw.readers.towers import moonvit_tower
from archdraw.readers.traced import commented

IGNORED = (
    *("rope_interleave", "indexer_rope_interleave", "moe_router_dtype", "index_share_for_mtp_iteration"),
    *("num_key_value_heads", "head_dim", "qk_head_dim", "enable_lm_head_fp32", "mtp_loss_factor", "expert_dtype"),
)
"""How rotated features are paired, number types of routers, and head sizes that latent attention says otherwise."""


def _stack(config: Config, made: Draft, mixers: list[str], sparse: list[bool], dense: Block, mix: Block) -> None:
    """Fills ``made`` with decoders: the mixer of each layer by its definition, dense or sparse feed forward."""
    alone = len(set(mixers)) == 1
    if any(sparse):
        made.define["moe"] = mix
    names = []
    for mixer, is_sparse in zip(mixers, sparse, strict=True):
        words = [] if alone else [mixer]
        if len(set(sparse)) > 1 or alone:
            words.insert(0, "sparse" if is_sparse else "dense")
        names.append("_".join(words))
        layer = {"attention": mixer, "feed_forward": "moe" if is_sparse else dense}
        made.define.setdefault(names[-1], {"decoder": layer})
    # A module that predicts further cannot take over the index of a layer before: it has one of its own.
    further = next((name for name in names[::-1] if not name.endswith("shared_index")), names[-1])
    made.layers = ["embedding", *stacks(names), "rmsnorm"]
    made.layers += multi_token_prediction(config, further)
    made.layers.append("output_head")


def _latent(config: Config, defaults: Defaults = V3, root: Config | None = None) -> Draft:
    """A stack with latent attention, sparse where the file gives an indexer."""
    made = draft(config, root=root)
    if config.flag("is_encoder_decoder", default=False):
        config.mark_incomplete("an encoder before the decoder")
    number = layer_count(config)
    _indexed_everywhere(config, number)
    position = latent_rope(config, defaults.theta)
    if "index_topk" in config or defaults.index_n_heads:
        kinds = index_kinds(config, number)
        names = {"full": "indexed", "shared": "shared_index"} if len(set(kinds)) > 1 else {kinds[0]: "latent"}
        full = latent_attention(config, position, **index_fields(config, "full", defaults.index_n_heads or 64))
        for kind in dict.fromkeys(kinds):
            own: Block = full
            if kind == "shared":
                own = {"like": names["full"], "indexer": "shared", "index_n_heads": None, "index_head_dim": None}
            made.define[names[kind]] = own
        mixers = [names[kind] for kind in kinds]
    else:
        made.define["latent"] = latent_attention(config, position, **_temperature(config))
        mixers = ["latent"] * number
    sparse = sparse_layers(config, number, defaults)
    if any(sparse):
        mix = mixture(config, defaults)
    else:
        mix = ""
        config.set_aside(lambda apart: mixture(apart, defaults))
    if not all(sparse):
        dense = gated_feed_forward(config, bias=False if defaults is V2 else None)
    else:
        config.raw("intermediate_size", "mlp_bias")
        dense = ""
    if defaults is V2 and mix and config.flag("mlp_bias", default=False):
        assert isinstance(mix, dict)
        mix["mixture_of_experts"]["shared_expert_bias"] = True
    _stack(config, made, mixers, sparse, dense, mix)
    return made


def _indexed_everywhere(config: Config, number: int) -> None:
    """Reads ``layer_types``, which transformers 5 writes into files of models whose layers are all of one kind."""
    listed = config.texts("layer_types", default=[])
    for kind in sorted(set(config.per_layer(listed, number, "layer_types") if listed else ()) - {"indexed_attention"}):
        config.mark_incomplete(f"layers of the kind {kind}")


def _temperature(config: Config) -> dict[str, Any]:
    """Queries that grow with the position, as in Mistral's files: ``llama_4_scaling`` in one of its places."""
    positions = config.section("rope_parameters")
    if positions is not None and "llama_4_scaling_beta" in positions:
        positions.ignore("max_position_embeddings")
        scale = positions.number("llama_4_scaling_beta")
        floor = positions.integer("original_max_position_embeddings")
        return {"attn_temperature_tuning": True, "attn_scale": scale, "floor_scale": floor}
    return {}


def _deepseek_v3(config: Config) -> Draft:
    return _latent(config)


def _deepseek_v32(config: Config) -> Draft:
    return _latent(config, V32)


def _deepseek_v2(config: Config) -> Draft:
    return _latent(config, V2)


def _glm_dsa(config: Config) -> Draft:
    return _latent(config, GLM)


def _mistral_4(config: Config) -> Draft:
    return _latent(config, MISTRAL)


def _sarvam_latent(config: Config) -> Draft:
    # Groups that the file does not name stand in the code beside it: 8 experts a group, of which 2 groups are chosen.
    experts = config.integer("num_experts", "n_routed_experts")
    return _latent(config, Defaults("noaux_tc", max(experts // 8, 1), 2, 1, True, 2.5))


def _deepseek_moe(config: Config) -> Draft:
    """DeepSeekMoE, before latent attention."""
    made = draft(config)
    number = layer_count(config)
    sparse = sparse_layers(config, number, Defaults("softmax"))
    bias = config.flag("attention_bias", default=False)
    made.define["attention"] = attention(config, attention_bias=bias, position=rope(config))
    dense = gated_feed_forward(config) if not all(sparse) else ""
    if any(sparse):
        mix = mixture(config, Defaults("softmax"))
    else:
        mix = ""
        config.set_aside(lambda apart: mixture(apart, Defaults("softmax")))
    _stack(config, made, ["attention"] * number, sparse, dense, mix)
    return made


def _mistral_large_3(config: Config) -> Draft:
    """The layout of Mistral's own ``params.json``."""
    moe = config.section("moe") or Config({}, ("moe",), config)
    scaling = config.section("llama_4_scaling")
    extra: dict[str, Any] = {}
    if scaling is not None:
        extra = {
            "attn_temperature_tuning": True,
            "attn_scale": scaling.number("beta"),
            "floor_scale": scaling.integer("original_max_position_embeddings"),
        }
    position: dict[str, Any] = {"rope_theta": config.number("rope_theta", default=10000.0)}
    yarn = config.section("yarn")
    if yarn is not None:
        yarn.ignore("alpha", "apply_scale", "beta")
        position["rope_scaling"] = {
            "rope_type": "yarn",
            "factor": yarn.number("factor"),
            "original_max_position_embeddings": yarn.integer("original_max_position_embeddings"),
        }
    made = Draft(
        config.integer("dim"),
        config.integer("vocab_size"),
        config.optional_integer("max_position_embeddings", "max_seq_len"),
        config.flag("tied_embeddings", "tie_word_embeddings", default=False),
    )
    made.define["latent"] = latent_attention(config, {"rope": position}, **extra)
    number = config.integer("n_layers")
    first, every = moe.integer("first_k_dense_replace", default=0, least=0), moe.integer("route_every_n", default=1)
    fields: dict[str, Any] = {
        "num_experts": moe.integer("num_experts"),
        "num_experts_per_tok": moe.integer("num_experts_per_tok"),
        "moe_intermediate_size": moe.integer("expert_hidden_dim"),
        "norm_topk_prob": True,
    }
    shared, groups = moe.integer("num_shared_experts", default=0, least=0), moe.integer("num_expert_groups", default=1)
    chosen, scale = moe.integer("num_expert_groups_per_tok", default=1), moe.number("routed_scale", default=1.0)
    fields |= given(n_shared_experts=shared or None, n_group=groups if groups > 1 else None)
    fields |= given(topk_group=chosen if groups > 1 else None, routed_scaling_factor=scale if scale != 1 else None)
    moe.ignore("expert_parallel", "expert_model_parallel")
    dense: Block = {"swiglu": {"intermediate_size": commented(config.integer("hidden_dim"), "hidden_dim")}}
    sparse = [layer >= first and layer % every == 0 for layer in range(number)]
    _stack(config, made, ["latent"] * number, sparse, dense, {"mixture_of_experts": fields})
    return made


def _kimi(config: Config) -> Draft:
    """Kimi K2.5 and later: Kimi K2 with an encoder of images and videos."""
    config.ignore("use_unified_vision_chunk", "video_placeholder")
    text = config.section("text_config") or config
    text.ignore(*IGNORED)
    made = _latent(text, root=config)
    vision = config.section("vision_config")
    config.ignore("projection_layer_norm_eps", "projection_hidden_act")
    if vision is not None and "projection_hidden_size" in config:
        width = vision.integer("vt_hidden_size", "hidden_size", default=1152)
        if config.integer("projection_hidden_size") != width:
            config.complain(f"projection_hidden_size is not {width:,}, the vision encoder's", "projection_hidden_size")
    made.layers[1:1] = moonvit_tower(vision)
    return made


FAMILIES = (
    Family(("kimi_k25",), _kimi, ("KimiK25ForConditionalGeneration",)),
    Family(("deepseek_v3", "kimi_k2"), _deepseek_v3, ("DeepseekV3ForCausalLM",), IGNORED),
    Family(("deepseek_v32",), _deepseek_v32, ("DeepseekV32ForCausalLM",), IGNORED),
    Family(("deepseek_v2",), _deepseek_v2, ("DeepseekV2ForCausalLM",), IGNORED),
    Family(("deepseek",), _deepseek_moe, ("DeepseekForCausalLM",)),
    Family(("glm_moe_dsa",), _glm_dsa, ("GlmMoeDsaForCausalLM",), IGNORED),
    Family(("mistral4",), _mistral_4, ("Mistral4ForCausalLM",), IGNORED),
    Family(("sarvam_mla",), _sarvam_latent, ("SarvamMLAForCausalLM",), IGNORED),
    Family(("mistral_large_3",), _mistral_large_3, ("MistralLarge3ForCausalLM",), (*IGNORED, "n_kv_heads")),
)

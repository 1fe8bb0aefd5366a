"""GLM-5.3-Flash: Kimi Delta Attention, sparse latent attention, and residual streams mixed by hyper-connections."""

from __future__ import annotations

from archdraw.readers.components import draft, gated_feed_forward, layer_count, multi_token_prediction
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.deepseek import IGNORED
from archdraw.readers.families.kimi_linear import delta_attention
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined, numbered
from archdraw.readers.latent_parts import GLM, index_fields, index_kinds, latent_attention, mixture, sparse_layers
from archdraw.readers.special_towers import glm_tower


def _mixers(config: Config, sizes: Config, number: int) -> list[str]:
    """By ``layer_types``, else by the lists of ``linear_attn_config``, whose numbers begin with 0 here."""
    if "layer_types" not in config and "kda_layers" in sizes:
        return numbered(sizes, {"kda_layers": "kda", "full_attn_layers": "latent"}, number, 0)
    sizes.raw("kda_layers", "full_attn_layers")
    default = ["linear_attention" if index % 4 != 3 else "indexed_attention" for index in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    return ["kda" if kind == "linear_attention" else "latent" for kind in kinds]


def _latent(config: Config, kind: str) -> Block:
    pool = config.integer("index_kpool", default=16)
    fields = index_fields(config, kind) | ({"index_kpool": pool} if kind == "full" and pool > 1 else {})
    if not config.flag("index_kpool_compress", default=True):
        config.mark_incomplete("index keys that are pooled without learned weights")
    config.flag("index_kpool_always_select_tail", default=True)
    return latent_attention(config, "none", **fields)


def _glm_5_3(config: Config) -> Draft:
    text = config.section("text_config") or config
    text.ignore(*IGNORED, "hc_eps")
    made = draft(text, root=config)
    number = layer_count(text)
    sizes = text.section("linear_attn_config") or Config({}, (*text.path, "linear_attn_config"), text)
    sparse, mixers = sparse_layers(text, number, GLM), _mixers(text, sizes, number)
    made.define["kda"] = delta_attention(sizes, text, heads=64)
    if not text.flag("mla_use_nope", default=True):
        text.mark_incomplete("rotated features in its latent attention")
    indexes = index_kinds(text, number)
    for index, mixer in enumerate(mixers):
        if mixer == "latent" and indexes[index] == "shared":
            mixers[index] = "latent_shared_index"
    for mixer in dict.fromkeys(mixers):
        if mixer != "kda":
            made.define[mixer] = _latent(text, "shared" if mixer.endswith("index") else "full")
    if not all(sparse):
        made.define["dense"] = _clamped(text, gated_feed_forward(text))
    if any(sparse):
        moe = mixture(text, GLM)
        assert isinstance(moe, dict)
        if "expert" in moe["mixture_of_experts"]:
            moe["mixture_of_experts"].pop("moe_intermediate_size", None)
        made.define["moe"] = moe
    streams = text.integer("hc_mult", default=4) if text.flag("mhc", default=True) else 0
    fields: dict[str, Block] = {}
    if streams:
        made.define["mhc"] = {
            "hyper_connections": {
                "hc_mult": streams,
                "hc_sinkhorn_iters": text.integer("hc_sinkhorn_iters", default=20),
            }
        }
        fields["residual"] = "mhc"
    layers = combined(made, mixers, ["moe" if each else "dense" for each in sparse], **fields)
    last = [pair for pair in zip(mixers, sparse, strict=True) if pair[0] == "latent"] or [(mixers[-1], sparse[-1])]
    further = multi_token_prediction(text, "mtp_layer")
    if further:
        # The checkpoint has no hyper-connections there: the module reads one line, and its residual line is one.
        mixer, is_sparse = last[-1]
        made.define["mtp_layer"] = {"decoder": {"attention": mixer, "feed_forward": "moe" if is_sparse else "dense"}}
    begin: list[Block] = [{"residual_streams": streams}] if streams else []
    end: list[Block] = [{"stream_head": {"hc_mult": streams, "read": "mean"}}] if streams else []
    tower = glm_tower(config.section("vision_config"), made.hidden_size)
    made.layers = ["embedding", *tower, *begin, *stacks(layers), *end, "rmsnorm", *further, "output_head"]
    return made


def _clamped(config: Config, feed_forward: Block) -> Block:
    """A plain SwiGLU with both factors bounded by ``swiglu_limit``."""
    limit = config.optional_number("swiglu_limit")
    if limit is not None and isinstance(feed_forward, dict) and "swiglu" in feed_forward:
        feed_forward["swiglu"]["swiglu_limit"] = limit
    return feed_forward


FAMILIES = (
    Family(("glm5_next", "glm5_next_text"), _glm_5_3, ("Glm5NextForConditionalGeneration", "Glm5NextForCausalLM")),
)

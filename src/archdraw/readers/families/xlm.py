"""XLM and FlauBERT, and X-MOD with an adapter for each language."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import Relative, Sizes, begun, family, head, plain_feed_forward, read
from archdraw.readers.families.gpt import UNGATED
from archdraw.readers.traced import commented


def _xlm_feed_forward(sizes: Sizes) -> Block:
    act = "gelu" if sizes.config.flag("gelu_activation", default=True) else "relu"
    width = commented(4 * sizes.size("hidden_size"), "four times emb_dim")
    return {act: {"intermediate_size": width, "mlp_bias": True}}


def _xlm_tables(sizes: Sizes) -> dict[str, Any]:
    config = sizes.config
    fields: dict[str, Any] = {}
    if config.flag("sinusoidal_embeddings", default=False):
        fields["sinusoidal_positions"] = True
    languages = config.integer("n_langs", default=1)
    if config.flag("use_lang_emb", default=True) and languages > 1:
        fields["tables"] = {"Language embedding": languages}
    return fields


def _xlm_head(sizes: Sizes, made: Draft) -> Block:
    return {"output_head": {"bias": True}}


def _xlm(relative: Relative, config: Config) -> Draft:
    """XLM: BERT with a plain head; in FlauBERT the norms may stand before the sublayers (``pre_norm``)."""
    if not config.flag("is_encoder", default=True):
        config.complain("this class is an encoder only", "is_encoder")
    if config.flag("asm", default=False):
        config.mark_incomplete("the adaptive softmax of the head (asm)")
    made = read(relative, config)
    if relative.model_type == "flaubert" and config.flag("pre_norm", default=False):
        for layer in made.layers:
            if isinstance(layer, dict):
                next(iter(layer.values())).pop("placement", None)
    return made


_XLM: dict[str, Any] = {
    "keys": {"hidden_size": "emb_dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads"},
    "segments": False,
    "causal_key": "causal",
    "reads_encoders": False,
    "feed_forward": _xlm_feed_forward,
    "tables": _xlm_tables,
    "head": _xlm_head,
}
_XLM_SIZES = {"vocab_size": 30145, "hidden_size": 2048, "num_attention_heads": 16}
_XLM_IGNORED = (
    *("bos_index", "embed_init_std", "end_n_top", "eos_index", "lang2id", "lang_id", "id2lang", "layerdrop"),
    *("mask_index", "pad_index", "start_n_top", "summary_first_dropout", "summary_proj_to_labels", "unk_index"),
    *("asm_cutoffs", "asm_div_value", "max_vocab", "min_count", "share_inout_emb"),
)


def _xmod(relative: Relative, config: Config) -> Draft:
    """X-MOD: behind each feed forward an adapter of the text's language."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    before = config.flag("pre_norm", default=False)
    norm: list[Block] = ["layernorm"]
    mixer: list[Block] = [sizes.attention()]
    feed_forward: list[Block] = [plain_feed_forward(sizes)]
    body: list[Any] = [{"residual": [*norm, *mixer] if before else mixer}, *([] if before else norm)]
    if config.flag("add_cross_attention", default=False):
        if not sizes.causal:
            config.complain("add_cross_attention without is_decoder", "add_cross_attention", "set is_decoder: true")
        heads = {"num_attention_heads": sizes.size("num_attention_heads"), "attention_bias": True}
        crossing: list[Block] = [{"cross_attention": heads}]
        body += [{"residual": [*norm, *crossing] if before else crossing}, *([] if before else norm)]
    body += [{"residual": [*norm, *feed_forward] if before else feed_forward}, *_adapted(sizes, made.hidden_size)]
    body += [] if before else norm
    label = "Decoder layer" if sizes.causal else "Encoder layer"
    made.layers.append({"layer": {"label": label, "times": sizes.size("num_hidden_layers"), "body": body}})
    made.layers += norm if before else []
    made.layers.append(head(sizes, made))
    return made


def _adapted(sizes: Sizes, hidden: int) -> list[Block]:
    """The adapter of a language with its norm: one of its own, or the layer's last norm once more."""
    config = sizes.config
    languages = config.texts("languages", default=["en_XX"])
    if len(set(languages)) < len(languages) or not languages:
        config.complain("languages are some, each once", "languages")
        languages = ["en_XX"]
    width = hidden // config.integer("adapter_reduction_factor", default=2)
    names = {"gelu": "GELU", "relu": "ReLU"}
    act = names.get(UNGATED.get(sizes.act, ""), "")
    if not act:
        config.mark_incomplete(f"the activation {sizes.act} of the adapters")
    body: list[Block] = [
        {"linear": {"features": width, "bias": True, "label": f"{hidden:,} → {width:,}"}},
        {"op": act or "GELU"},
        {"linear": {"features": hidden, "bias": True, "label": f"{width:,} → {hidden:,}"}},
    ]
    adapter: Block = {"module": {"label": "Language adapter", "name": "adapter", "body": body}}
    if len(languages) > 1:
        adapter = {"experts": {"total": len(languages), "active": 1, "router": False, "body": adapter}}
    norm: list[Any] = []
    config.raw("adapter_reuse_layer_norm")
    if config.flag("adapter_layer_norm", default=False):
        norm = ["layernorm"]
    elif config.flag("adapter_reuse_layer_norm", default=True):
        norm = [{"op": {"label": "LayerNorm", "detail": "that of the feed forward", "role": "norm"}}]
    if config.flag("ln_before_adapter", default=True):
        return [*norm, {"residual": adapter}]
    return [{"residual": [*norm, adapter]}]


FAMILIES = (
    family(
        Relative(
            "xlm", "XLM", _XLM_SIZES, classes=("XLMWithLMHeadModel",), ignored=(*_XLM_IGNORED, "pre_norm"), **_XLM
        ),
        _xlm,
    ),
    family(
        Relative(
            "flaubert",
            "Flaubert",
            _XLM_SIZES,
            classes=("FlaubertWithLMHeadModel",),
            ignored=_XLM_IGNORED,
            **_XLM,
        ),
        _xlm,
    ),
    family(
        Relative("xmod", "Xmod", after_padding=True, head_act="gelu", ignored=("default_language",)),
        _xmod,
    ),
)

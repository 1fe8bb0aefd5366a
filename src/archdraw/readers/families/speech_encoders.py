"""Encoders of speech alone: wav2vec 2.0, HuBERT."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.image_models import built, classifier

TRAINING = (
    *("apply_spec_augment", "mask_time_length", "mask_time_min_masks", "mask_feature_length", "mask_feature_min_masks"),
    *("num_codevectors_per_group", "num_codevector_groups", "contrastive_logits_temperature", "num_negatives"),
    *("codevector_dim", "proj_codevector_dim", "diversity_loss_weight", "ctc_loss_reduction", "ctc_zero_infinity"),
    *("tdnn_dim", "tdnn_kernel", "tdnn_dilation", "xvector_output_dim", "layerdrop", "adapter_kernel_size"),
    *("adapter_stride", "num_adapter_layers", "output_hidden_size", "mask_channel_length", "mask_channel_min_space"),
    *("mask_channel_other", "mask_channel_prob", "mask_channel_selection", "mask_time_min_space", "mask_time_other"),
    *("mask_time_selection", "num_feat_extract_layers", "classifier_proj_size", "use_weighted_layer_sum"),
    *("feat_proj_layer_norm", "conv_pos_batch_norm"),
)
"""Keys of losses and masks in training, and of heads that are not read."""


def _extractor(config: Config) -> list[Block]:
    """Convolutions over the waveform, each with an activation, the first or all with a norm."""
    widths = config.integers("conv_dim", default=[512] * 7)
    strides = config.integers("conv_stride", default=[5, 2, 2, 2, 2, 2, 2])
    kernels = config.integers("conv_kernel", default=[10, 3, 3, 3, 3, 2, 2])
    for key, values in (("conv_stride", strides), ("conv_kernel", kernels)):
        if len(values) != len(widths):
            config.complain(f"{key} has {len(values)} entries for {len(widths)} convolutions", key)
    norm = config.text("feat_extract_norm", default="group")
    if norm not in ("group", "layer"):
        config.mark_incomplete(f"the norm {norm[:40]} of the convolutions")
    act = config.text("feat_extract_activation", default="gelu")
    biased = config.flag("conv_bias", default=False)
    made: list[Block] = []
    for index, (width, stride, kernel) in enumerate(zip(widths, strides, kernels, strict=False)):
        shape = {"features": width, "kernel_size": [kernel], "stride": stride, "padding": "valid"}
        made.append({"convolution": {"name": f"conv_layers.{index}.conv", **shape, **given(bias=biased)}})
        if norm == "layer":
            made.append("layernorm")
        elif index == 0:
            made.append({"groupnorm": {"num_groups": width}})
        made.append({"activation": act})
    return made


def _positions(config: Config, hidden: int) -> Block:
    """A grouped convolution whose result is added; its weights are a direction and a length for each place."""
    kernel = config.integer("num_conv_pos_embeddings", default=128)
    groups = config.integer("num_conv_pos_embedding_groups", default=16)
    if hidden % groups:
        config.complain(
            f"num_conv_pos_embedding_groups {groups} does not divide {hidden}", "num_conv_pos_embedding_groups"
        )
    shape = {"features": hidden, "kernel_size": [kernel], "groups": groups, "bias": True, "padding": "same"}
    length = {"name": "original0", "shape": [1, 1, kernel]}
    return {
        "residual": [
            {"convolution": {"name": "pos_conv_embed.conv", "label": "Positional convolution", **shape}},
            {"weight": {"name": "weight_norm", "label": "weight norm", "weights": [length]}},
            {"activation": config.text("feat_extract_activation", default="gelu")},
        ]
    }


def _wav2vec2(config: Config) -> Draft:
    config.ignore(*TRAINING)
    hidden = config.integer("hidden_size", default=768)
    if config.flag("add_adapter", default=False):
        config.mark_incomplete("the adapter behind the last layer (add_adapter)")
    if config.optional_integer("adapter_attn_dim") is not None:
        config.mark_incomplete("adapters in the layers (adapter_attn_dim)")
    for key, wanted in (("feat_proj_layer_norm", True), ("conv_pos_batch_norm", False)):
        if config.flag(key, default=wanted) is not wanted:
            config.mark_incomplete(f"{key} {config.flag(key)}".lower())
    masks = config.number("mask_time_prob", default=0.05) > 0, config.number("mask_feature_prob", default=0.0) > 0
    mixer = {"num_attention_heads": config.integer("num_attention_heads", default=12), "attention_bias": True}
    act = config.text("hidden_act", default="gelu")
    inner = {"intermediate_size": config.integer("intermediate_size", default=3072)}
    stable = config.flag("do_stable_layer_norm", default=False)
    layer: dict[str, Any] = {
        "times": config.integer("num_hidden_layers", default=12),
        "norm": "layernorm",
        **({} if stable else {"placement": "post_add"}),
        "attention": {"multi_head": {**mixer, "is_causal": False}},
        "feed_forward": {"encoder_feed_forward": inner | given(hidden_act=act if act != "gelu" else None)},
    }
    made = Draft(1, 1, None, reads_tokens=False)
    made.layers = [
        {"input": {"label": "Waveform", "features": 1}},
        *_extractor(config),
        "layernorm",
        {"linear": {"name": "feature_projection", "features": hidden, "bias": True, "label": "Feature projection"}},
    ]
    if any(masks):
        vector = [{"name": "masked_spec_embed", "shape": [hidden]}]
        made.layers.append(
            {"weight": {"name": "mask", "label": "mask in training", "role": "embedding", "weights": vector}}
        )
    made.layers += [_positions(config, hidden), *([] if stable else ["layernorm"]), {"encoder_layer": layer}]
    made.layers += ["layernorm"] if stable else []
    made.layers += _head(config, built(config, "Model"))
    return made


def _head(config: Config, name: str) -> list[Block]:
    """Characters for CTC, a projection and a classifier over the mean; nothing for bare layers."""
    vocab = config.optional_integer("vocab_size")
    if name.endswith("ForCTC"):
        return [{"linear": {"name": "lm_head", "features": vocab or 32, "bias": True, "label": "Characters"}}]
    if name.endswith("ForSequenceClassification"):
        if config.flag("use_weighted_layer_sum", default=False):
            config.mark_incomplete("a weighted sum of all layers")
        width = config.integer("classifier_proj_size", default=256)
        projection: Block = {"linear": {"name": "projector", "features": width, "bias": True, "label": "Projector"}}
        return [projection, {"op": {"label": "Mean over time"}}, classifier(config)]
    if not name.endswith("Model"):
        config.mark_incomplete(f"what {name[:40]} has after the last layer")
    return []


FAMILIES = (Family(("wav2vec2", "hubert"), _wav2vec2, own_heads=True),)

"""Gemma 4: local and global layers of different heads, shared keys and values, per-layer embeddings, two modalities."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import GATED, given, rope, whole_heads, without_effect
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gemma import both_directions, head, layer_types, output_head, rounds, within_images
from archdraw.readers.family import Family
from archdraw.readers.layered import KEY, layer_configs
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented

WINDOW, ALL = "sliding_attention", "full_attention"


def _text(config: Config) -> Draft:
    return _read(config, None)


def _whole(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    draft = _read(text, config)
    config.ignore("vision_soft_tokens_per_image")
    encoders: list[Block] = []
    vision, audio = config.section("vision_config"), config.section("audio_config")
    if vision is not None:
        encoders.append(_vision(vision))
    if audio is not None:
        encoders.append(_audio(audio))
    elif vision is not None and _per_layer_width(text):
        encoders.append(_audio(Config({}, ("audio_config",), config)))
    draft.layers[1:1] = encoders
    return draft


def _unified_text(config: Config, root: Config | None = None) -> Draft:
    return _read(config, root, window=1024, context=262_144, per_layer=0, images="vision")


def _unified(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    draft = _unified_text(text, config)
    projections: list[Block] = []
    vision, audio = config.section("vision_config"), config.section("audio_config")
    if vision is not None:
        vision.ignore("is_encoder_decoder")
        projections.append(_patches(vision))
    if audio is not None:
        audio.ignore("is_encoder_decoder")
        width = audio.integer(
            *("output_proj_dims", "audio_embed_dim", "hidden_size", "audio_samples_per_token"), default=640
        )
        projections.append({"gemma_waveform": {"audio_embed_dim": width}})
    draft.layers[1:1] = projections
    return draft


def _per_layer_width(text: Config, default: int = 256) -> int:
    return text.integer("hidden_size_per_layer_input", default=default, least=0)


def _read(
    config: Config,
    root: Config | None,
    *,
    window: int = 512,
    context: int = 131_072,
    per_layer: int = 256,
    images: str | None = None,
) -> Draft:
    draft = head(config, root, vocab_size=262_144, hidden_size=2304, max_position_embeddings=context)
    number = config.integer("num_hidden_layers", default=30)
    types = layer_types(config, number, rounds(number, 6))
    types[-1:] = [ALL]  # the class forces it
    shared = config.integer("num_kv_shared_layers", default=0, least=0)
    if shared >= number:
        config.complain(f"num_kv_shared_layers {shared} leaves no layer of its own keys", "num_kv_shared_layers")
        shared = 0
    width = _per_layer_width(config, per_layer)
    then: list[Block] = [{"residual": {"per_layer_input": width}}] if width else []
    layers = _Layers(config, window, then, within_images(config, root, images))
    own = layer_configs(config, number)
    names = []
    for index, kind in enumerate(types):
        origin = origin_of(types, number - shared, index) if index >= number - shared else None
        if index >= number - shared and origin is None:
            config.complain(f"no layer before {number - shared} leaves keys for layer {index}", "num_kv_shared_layers")
        names.append(layers.define(draft, kind, origin, own[index]))
    rows = config.integer("vocab_size_per_layer_input", default=262_144)
    embeddings: list[Block] = [{"embedding": {"scale_embedding": True}}]
    if width:
        table = {"num_hidden_layers": number, "hidden_size_per_layer_input": width}
        embeddings.append({"per_layer_embeddings": table | {"vocab_size_per_layer_input": rows}})
    tail = stacks(names[number - shared :]) if shared else []
    cap = config.optional_number("final_logit_softcapping")
    draft.layers = [*embeddings, *stacks(names[: number - shared]), *tail, "rmsnorm", output_head(cap)]
    return draft


def origin_of(types: list[str], own: int, index: int) -> int | None:
    """The layer whose keys and values the layer ``index`` uses: the last of its type among the first ``own``."""
    return next((before for before in range(own - 1, -1, -1) if types[before] == types[index]), None)


class _Layers:
    """The layers of a Gemma 4 by what distinguishes them, each defined once."""

    def __init__(self, config: Config, window: int, then: list[Block], images: str | None) -> None:
        self.config = config
        self.then: list[Block] = [*then, "layer_scalar"]
        self.wide = config.flag("use_double_wide_mlp", default=False)
        self.act = _gated(config)
        self.causal = not both_directions(config)
        self.images = images
        # Of one that is not causal a half is before a token and a half after it, as a spec has it, too.
        self.window = config.integer("sliding_window", default=window)
        self.k_eq_v = config.flag("attention_k_eq_v", default=False)
        self.bias = config.flag("attention_bias", default=False)
        self.positions = {
            WINDOW: rope(config, theta=10_000.0, kind=WINDOW),
            ALL: rope(config, theta=1_000_000.0, partial=1.0 if "rope_parameters" in config else 0.25, kind=ALL),
        }
        self.sparse = self._experts()
        self.meanings: dict[str, Block] = {}

    def _experts(self) -> dict[str, Any] | None:
        config = self.config
        config.raw("expert_intermediate_size")
        if not config.flag("enable_moe_block", default=False):
            config.raw("num_experts", "top_k_experts", "moe_intermediate_size")
            return None
        width = config.integer("moe_intermediate_size", "expert_intermediate_size")
        return {
            "num_experts": config.integer("num_experts"),
            "num_experts_per_tok": config.integer("top_k_experts"),
            "expert": {self.act: {"intermediate_size": width}},
        }

    def define(self, draft: Draft, kind: str, origin: int | None, own: Config) -> str:
        """Defines the layer of ``kind``, whose keys are those of layer ``origin`` if given, and says its name.

        ``own`` has the values of that layer.
        """
        meaning: Block = {"decoder": self._layer(kind, origin, own)}
        usual = ("local" if kind == WINDOW else "global") + ("" if origin is None else "_shared")
        for name, known in self.meanings.items():
            if known == meaning:
                return name
        name = usual if usual not in self.meanings else f"{usual}_{len(self.meanings)}"
        self.meanings[name] = meaning
        # A layer that shares is written as a change of the one of its own type, a global one as one of the local one.
        base = usual.removesuffix("_shared") if origin is not None else "local"
        draft.define[name] = like(base, self.meanings[base], meaning) if base in draft.define else meaning
        return name

    def _sizes(self, kind: str, own: Config) -> tuple[int, int, int]:
        """Query heads, heads of keys and values and the width of a head, in a layer of ``kind``.

        Files of transformers 5 say in ``per_layer_config`` what is different in layers that see everything.
        """
        heads, groups = own.integer("num_attention_heads", default=8), own.integer("num_key_value_heads", default=4)
        width = own.integer("head_dim", default=256)
        wide, fewer = own.integer("global_head_dim", default=512), own.optional_integer("num_global_key_value_heads")
        if kind == WINDOW or KEY in self.config:
            return heads, groups, width
        return heads, fewer if fewer is not None and self.k_eq_v else groups, wide

    def _layer(self, kind: str, origin: int | None, own: Config) -> dict[str, Any]:
        usual = own.integer("intermediate_size", default=9216)
        width = commented(2 * usual, "twice intermediate_size") if self.wide and origin is not None else usual
        dense: dict[str, Any] = {"intermediate_size": width}
        if width != usual:
            dense["label"] = f"Double-wide {self.act.upper()} feed forward"
        layer: dict[str, Any] = {"placement": "sandwich", "attention": self._mixer(kind, origin, own)}
        layer["feed_forward"] = {self.act: dense}
        if self.sparse is not None:
            layer["feed_forward"] = {"dense_and_experts": {"dense": {self.act: dense}, **self.sparse}}
        return layer | {"then": self.then if len(self.then) > 1 else self.then[0]}

    def _mixer(self, kind: str, origin: int | None, own: Config) -> Block:
        heads, groups, width = self._sizes(kind, own)
        local = kind == WINDOW
        label = None if local else "Global attention"
        if origin is not None:
            label = f"Shared-KV {'sliding' if local else 'global'} attention"
        shares = None if origin is None else commented(f"of layer {origin}", "num_kv_shared_layers")
        return whole_heads(
            heads,
            groups,
            width,
            label=label,
            attention_bias=self.bias,
            attention_k_eq_v=self.k_eq_v and not local and origin is None,
            shares_kv=shares,
            is_causal=None if self.causal else False,
            # Layers that see everything are causal in images, too: create_causal_mask_mapping of modeling_gemma4.
            use_bidirectional_attention=self.images if local else None,
            qk_norm="rmsnorm_per_head",
            v_norm=origin is None,
            attention_multiplier=1.0,
            sliding_window=self.window if local else None,
            position=self.positions[kind],
        )


def _gated(config: Config) -> str:
    name = config.text("hidden_activation", "hidden_act", default="gelu_pytorch_tanh")
    if name not in GATED:
        config.mark_incomplete(f"the activation {name}")
    return GATED.get(name, "geglu")


def _vision(config: Config) -> Block:
    config.ignore("global_head_dim", "max_position_embeddings", "rope_parameters")
    config.ignore("image_seq_length", "video_seq_length", "is_encoder_decoder")
    without_effect(config, "attention_bias")
    fields: dict[str, Any] = {
        "hidden_size": config.integer("hidden_size", default=768),
        "intermediate_size": config.integer("intermediate_size", default=3072),
        "num_hidden_layers": config.integer("num_hidden_layers", default=16),
        "num_attention_heads": config.integer("num_attention_heads", default=12),
        "head_dim": config.integer("head_dim", default=64),
    }
    groups = config.integer("num_key_value_heads", default=12)
    if groups != fields["num_attention_heads"]:
        fields["num_key_value_heads"] = groups
    act = config.text("hidden_activation", default="gelu_pytorch_tanh")
    if not act.startswith("gelu"):
        fields["hidden_activation"] = act
    return {
        "gemma_vision": fields
        | _unless(config, patch_size=16, position_embedding_size=10_240, pooling_kernel_size=3)
        | given(
            default_output_length=config.optional_integer("default_output_length"),
            standardize=config.flag("standardize", default=False),
            use_clipped_linears=config.flag("use_clipped_linears", default=False),
        )
    }


def _audio(config: Config) -> Block:
    config.ignore("attention_invalid_logits_value", "gradient_clipping", "is_encoder_decoder")
    fields: dict[str, Any] = {
        name: config.integer(name, default=size)
        for name, size in (("hidden_size", 1024), ("num_hidden_layers", 12), ("num_attention_heads", 8))
    }
    if not config.data:
        fields["hidden_size"] = commented(1024, "audio_config is null, but this model hears: defaults of the class")
        fields = {name: value if name == "hidden_size" else commented(value, "") for name, value in fields.items()}
    channels = config.integers("subsampling_conv_channels", default=[128, 32])
    if channels != [128, 32]:
        fields["subsampling_conv_channels"] = channels
    fields |= _unless(config, conv_kernel_size=5, attention_chunk_size=12, attention_context_left=13)
    right = config.integer("attention_context_right", default=0, least=0)
    if right:
        fields["attention_context_right"] = right
    for name, usual in (("attention_logit_cap", 50.0), ("residual_weight", 0.5)):
        value = config.number(name, default=usual)
        if value != usual:
            fields[name] = value
    act = config.text("hidden_act", default="silu")
    if act != "silu":
        fields["hidden_act"] = act
    fields |= _unless(config, output_proj_dims=1536)
    if not config.flag("use_clipped_linears", default=True):
        fields["use_clipped_linears"] = False
    return {"gemma_audio": fields}


def _patches(config: Config) -> Block:
    fields: dict[str, Any] = {
        "mm_embed_dim": config.integer("mm_embed_dim", default=3840),
        "mm_posemb_size": config.integer("mm_posemb_size", default=1120),
    }
    fields |= _unless(config, patch_size=16, pooling_kernel_size=3)
    tokens = config.optional_integer("num_soft_tokens")
    side = config.optional_integer("model_patch_size")
    if side is not None and side != fields.get("patch_size", 16) * fields.get("pooling_kernel_size", 3):
        config.complain("model_patch_size is not patch_size times pooling_kernel_size", "model_patch_size")
    out = config.integer("output_proj_dims", default=3840)
    if out != fields["mm_embed_dim"]:
        config.complain(f"output_proj_dims {out:,} is not mm_embed_dim {fields['mm_embed_dim']:,}", "output_proj_dims")
    return {"gemma_patches": fields | given(num_soft_tokens=tokens)}


def _unless(config: Config, **usual: int) -> dict[str, Any]:
    """Those fields whose value in the file is another than the kind's own default."""
    values = {name: config.integer(name, default=value) for name, value in usual.items()}
    return {name: value for name, value in values.items() if value != usual[name]}


FAMILIES = (
    Family(("gemma4_text",), _text, ("Gemma4ForCausalLM",)),
    Family(("gemma4",), _whole, ("Gemma4ForConditionalGeneration",)),
    Family(("gemma4_unified",), _unified, ("Gemma4UnifiedForConditionalGeneration",)),
    Family(("gemma4_unified_text",), _unified_text, ("Gemma4UnifiedForCausalLM",)),
)

"""Gemma 1, 2 and 3: zero-centered RMSNorm, GEGLU, tied embeddings, from Gemma 2 on local and global layers."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    CONTEXT,
    LAYER_NAMES,
    gated_feed_forward,
    given,
    known_kinds,
    rope,
    tied_embeddings,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.towers import siglip_tower

NORM: Block = {"rmsnorm": {"zero_centered": True}}


def head(config: Config, root: Config | None = None, **defaults: int) -> Draft:
    """The head of a Gemma's draft; ``defaults`` are those of its class for keys that the file may leave out."""
    hidden = {"default": defaults["hidden_size"]} if "hidden_size" in defaults else {}
    return Draft(
        hidden_size=config.integer("hidden_size", **hidden),
        vocab_size=config.integer("vocab_size", default=defaults["vocab_size"]),
        context_length=config.integer(*CONTEXT, default=defaults["max_position_embeddings"]),
        tie_word_embeddings=tied_embeddings(config, True, root),
    )


def layer_types(config: Config, number: int, default: list[str]) -> list[str]:
    """What each of the ``number`` layers is, "sliding_attention" or "full_attention"."""
    types = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    return known_kinds(config, types, tuple(LAYER_NAMES))


def rounds(number: int, every: int) -> list[str]:
    """Each ``every``-th of ``number`` layers sees all tokens, the others a window."""
    return ["full_attention" if (index + 1) % every == 0 else "sliding_attention" for index in range(number)]


def both_directions(config: Config) -> bool:
    """Whether text tokens see those after them; with "vision" only the tokens of an image do."""
    value = config.raw("use_bidirectional_attention")
    if value in (True, "all"):
        return True
    if value not in (None, False, "vision"):
        config.mark_incomplete("which tokens see each other: use_bidirectional_attention")
    return False


def within_images(config: Config, root: Config | None, default: str | None) -> str | None:
    """ "vision" where the tokens of an image attend to each other; ``default`` is that of the class.

    None where ``root``, the config of the whole model, has no images.
    """
    key = "use_bidirectional_attention"
    value = config.raw(key) if key in config.data else default
    seeing = root is not None and root.data.get("vision_config") is not None
    return "vision" if seeing and value == "vision" else None


def heads(config: Config, *, default: tuple[int, int, int], **fields: Any) -> Block:
    """Softmax attention; ``default`` are the heads, the key-value heads and the width of a head in the class."""
    bias = config.flag("attention_bias", default=False)
    return whole_heads(
        config.integer("num_attention_heads", default=default[0]),
        config.integer("num_key_value_heads", default=default[1]),
        config.integer("head_dim", default=default[2]),
        **given(attention_bias=bias) | fields,
    )


def local_and_global(draft: Draft, local: dict[str, Any], wide: dict[str, Any], types: list[str]) -> list[Block]:
    """Defines the two layers of ``draft``, as far as there are both, and stacks them as ``types`` says."""
    names = {"sliding_attention": "local", "full_attention": "global"}
    meanings: dict[str, dict[str, Any]] = {"local": local, "global": wide}
    for name in dict.fromkeys(names[kind] for kind in types):
        other = next(iter(draft.define), None)
        meaning: Block = {"decoder": meanings[name]}
        draft.define[name] = like(other, draft.define[other], meaning) if other else meaning
    return stacks([names[kind] for kind in types])


def _gemma(config: Config) -> Draft:
    draft = head(config, vocab_size=256_000, hidden_size=3072, max_position_embeddings=8192)
    causal = None if not both_directions(config) else False
    position = rope(config)
    draft.define["layer"] = {
        "decoder": {
            "norm": NORM,
            "attention": heads(config, default=(16, 16, 256), is_causal=causal, position=position),
            "feed_forward": gated_feed_forward(
                config, config.integer("intermediate_size", default=24_576), act="gelu_pytorch_tanh"
            ),
        }
    }
    number = config.integer("num_hidden_layers", default=28)
    draft.layers = [{"embedding": {"scale_embedding": True}}, *stacks(["layer"] * number), NORM, "output_head"]
    return draft


def gemma2(config: Config) -> Draft:
    """Gemma 2: a window in every other layer, soft caps of logits and scores, norms around each sublayer."""
    draft = head(config, vocab_size=256_000, hidden_size=2304, max_position_embeddings=8192)
    number = config.integer("num_hidden_layers", default=26)
    types = layer_types(config, number, rounds(number, 2))
    position = rope(config)
    _text(config, draft, types, cap=50.0, final_cap=30.0, positions=(position, position))
    return draft


def _vaultgemma(config: Config) -> Draft:
    """VaultGemma: Gemma 2 without the norms after the sublayers."""
    draft = gemma2(config)
    for block in draft.define.values():
        if isinstance(block, dict) and "decoder" in block:
            del block["decoder"]["placement"]
    return draft


def _gemma3_text(config: Config) -> Draft:
    # A text model cut from a larger one may keep that one's nesting.
    text = config.section("text_config")
    config.raw("vision_config", "mm_tokens_per_image")
    return gemma3(config, None) if text is None else gemma3(text, config)


def _gemma3_whole(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    vision = config.section("vision_config")
    # The class does this for all that has images, in layers of both types and whatever the config says:
    # create_causal_mask_mapping of transformers' modeling_gemma3.
    draft = gemma3(text, config, images=None if vision is None else "vision")
    if vision is None:
        config.mark_incomplete("the vision encoder: there is no vision_config")
    tokens = config.integer("mm_tokens_per_image", default=256)
    draft.layers[1:1] = siglip_tower(vision, mm_tokens_per_image=tokens, projector_norm=True)
    return draft


def gemma3(config: Config, root: Config | None, images: str | None = None) -> Draft:
    """The text model of Gemma 3: five windows to one layer that sees all, norms of queries and keys.

    ``images`` is "vision" where tokens of an image attend to each other.
    """
    draft = head(config, root, vocab_size=262_208, hidden_size=2304, max_position_embeddings=131_072)
    number = config.integer("num_hidden_layers", default=26)
    every = config.integer("sliding_window_pattern", "_sliding_window_pattern", default=6)
    types = layer_types(config, number, rounds(number, every))
    normed = config.flag("use_qk_norm", default=True)
    positions = (local_rope(config), rope(config, theta=1_000_000.0, kind="full_attention"))
    _text(config, draft, types, positions=positions, qk_norm="rmsnorm_per_head" if normed else None, images=images)
    return draft


def local_rope(config: Config) -> Block:
    """The rotation in layers with a window, which no scaling stretches."""
    if "rope_parameters" in config:
        return rope(config, theta=10_000.0, kind="sliding_attention")
    return {"rope": {"rope_theta": config.number("rope_local_base_freq", default=10_000.0)}}


def _text(
    config: Config,
    draft: Draft,
    types: list[str],
    *,
    positions: tuple[Block, Block],
    cap: float | None = None,
    final_cap: float | None = None,
    images: str | None = None,
    **fields: Any,
) -> None:
    """Fills in the layers that Gemma 2 and 3 share; ``cap`` and ``final_cap`` are the class's defaults."""
    window = config.integer("sliding_window", "sliding_window_size", default=4096)
    if both_directions(config):
        fields["is_causal"] = False
    elif images is not None:
        fields["use_bidirectional_attention"] = images
    fields |= {
        "query_pre_attn_scalar": config.number("query_pre_attn_scalar", default=256.0),
        "attn_logit_softcapping": _cap(config, "attn_logit_softcapping", cap),
    }
    layer = {
        "placement": "sandwich",
        "norm": NORM,
        "attention": {},
        "feed_forward": gated_feed_forward(
            config, config.integer("intermediate_size", default=9216), act="gelu_pytorch_tanh"
        ),
    }

    def with_mixer(**more: Any) -> dict[str, Any]:
        return layer | {"attention": heads(config, default=(8, 4, 256), **fields, **more)}

    local = with_mixer(sliding_window=window, position=positions[0])
    mixed = len(set(types)) > 1
    wide = with_mixer(label="Global attention" if mixed else None, position=positions[1])
    layers = local_and_global(draft, local, wide, types)
    capped = _cap(config, "final_logit_softcapping", final_cap)
    draft.layers = [{"embedding": {"scale_embedding": True}}, *layers, NORM, output_head(capped)]


def _cap(config: Config, name: str, default: float | None) -> float | None:
    """A soft cap; null in the file says that there is none, a file without the key has the class's."""
    value = config.optional_number(name)
    if value is None and name not in config.data and default is not None:
        return config.number(name, default=default)
    return value


def output_head(cap: float | None) -> Block:
    """The output layer, with a soft cap on the scores if there is one."""
    return "output_head" if cap is None else {"output_head": {"final_logit_softcapping": cap}}


FAMILIES = (
    Family(("gemma",), _gemma, ("GemmaForCausalLM",)),
    Family(("gemma2",), gemma2, ("Gemma2ForCausalLM",)),
    Family(("vaultgemma",), _vaultgemma, ("VaultGemmaForCausalLM",)),
    Family(("gemma3_text",), _gemma3_text, ("Gemma3ForCausalLM",)),
    Family(("gemma3",), _gemma3_whole, ("Gemma3ForConditionalGeneration",)),
)

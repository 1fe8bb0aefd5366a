"""Gemma 3n: alternating updates, learned augmented residuals, per-layer embeddings, shared keys and values."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gemma import head, layer_types, local_rope, output_head, rounds
from archdraw.readers.families.gemma4 import ALL, WINDOW, origin_of
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _text(config: Config) -> Draft:
    return _read(config, None)


def _whole(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    draft = _read(text, config)
    # MobileNet V5 and a conformer with projectors, of which nothing is drawn yet.
    config.section("vision_config")
    config.section("audio_config")
    config.ignore("audio_soft_tokens_per_image", "vision_soft_tokens_per_image")
    config.mark_incomplete("the encoders of images and sounds")
    return draft


def _read(config: Config, root: Config | None) -> Draft:
    draft = head(config, root, vocab_size=262_400, hidden_size=2048, max_position_embeddings=32_768)
    number = config.integer("num_hidden_layers", default=35)
    types = layer_types(config, number, rounds(number, 5))
    shared = config.integer("num_kv_shared_layers", default=15, least=0)
    if shared >= number:
        config.complain(f"num_kv_shared_layers {shared} leaves no layer of its own keys", "num_kv_shared_layers")
        shared = 0
    if config.flag("is_encoder_decoder", default=False):
        config.mark_incomplete("vision and audio encoders")
    own = number - shared
    streams = config.integer("altup_num_inputs", default=4)
    config.raw("altup_coef_clip")
    if config.integer("altup_active_idx", default=0, least=0):
        config.mark_incomplete("an AltUp stream other than the first that layers work on")
    widths, sparsity = _widths(config, number), _sparsity(config, number)
    layers = _Layers(config, streams)
    names = []
    for index, kind in enumerate(types):
        origin = origin_of(types, own, index) if index >= own else None
        if index >= own and origin is None:
            config.complain(f"no layer before {own} leaves keys for layer {index}", "num_kv_shared_layers")
        names.append(layers.define(draft, kind, origin, widths[index], sparsity[index]))
    width = config.integer("hidden_size_per_layer_input", default=256)
    table = {
        "num_hidden_layers": number,
        "hidden_size_per_layer_input": width,
        "vocab_size_per_layer_input": config.integer("vocab_size_per_layer_input", default=262_144),
    }
    cap = config.number("final_logit_softcapping", default=30.0)
    draft.layers = [
        {"embedding": {"scale_embedding": True}},
        {"per_layer_embeddings": table},
        {"altup_streams": streams},
        *_stacked(names),
        {"altup_merge": streams},
        "rmsnorm",
        output_head(cap),
    ]
    return draft


def _stacked(names: list[str]) -> list[Block]:
    """Rounds of one set of layers as a stack of their own."""
    made: list[Block] = []
    start = 0
    while start < len(names):
        size, end = _longest_rounds(names, start)
        made += stacks(names[start:end]) if size else stacks(names[start:])
        start = end if size else len(names)
    return made


def _longest_rounds(names: list[str], start: int) -> tuple[int, int]:
    """The size of a round from ``start``, and where whole rounds of it end, as far as possible; (0, 0) for none."""
    best = (0, 0)
    for size in range(1, (len(names) - start) // 2 + 1):
        end = start + size
        while end < len(names) and names[end] == names[end - size]:
            end += 1
        end = start + (end - start) // size * size
        if end - start >= 2 * size and end > best[1]:
            best = (size, end)
    return best


def _widths(config: Config, number: int) -> list[int]:
    """The width of each layer's feed forward."""
    if isinstance(config.raw("intermediate_size"), list):
        given = config.per_layer(config.integers("intermediate_size"), number, "intermediate_size")
        return [commented(width, "intermediate_size") for width in given]
    return [config.integer("intermediate_size", default=16_384)] * number


def _sparsity(config: Config, number: int) -> list[float]:
    """The share of each layer's gates that is 0: without a list the first ten layers have 0.95."""
    name = "activation_sparsity_pattern"
    usual = [0.95 if number > 10 and index < 10 else 0.0 for index in range(number)]
    value = config.raw(name)
    given = [config.number(name)] * number if isinstance(value, int | float) else config.numbers(name, default=usual)
    return [commented(float(share), name) for share in config.per_layer(given, number, name)]


class _Layers:
    """The layers by what distinguishes them, each defined once."""

    def __init__(self, config: Config, streams: int) -> None:
        self.heads = config.integer("num_attention_heads", default=8)
        self.groups = config.integer("num_key_value_heads", default=2)
        self.head_dim = config.integer("head_dim", default=256)
        self.bias = config.flag("attention_bias", default=False)
        self.window = config.integer("sliding_window", default=512)
        self.positions = {
            WINDOW: local_rope(config),
            ALL: rope(config, theta=1_000_000.0, kind=ALL),
        }
        act = config.text("hidden_activation", default="gelu_pytorch_tanh")
        if not act.startswith("gelu"):
            config.mark_incomplete(f"the activation {act}")
        self.fields: dict[str, Any] = {
            "altup_num_inputs": streams,
            "laurel_rank": config.integer("laurel_rank", default=64),
            "hidden_size_per_layer_input": config.integer("hidden_size_per_layer_input", default=256),
        }
        if not config.flag("altup_correct_scale", default=True):
            self.fields["altup_correct_scale"] = False
        self.meanings: dict[str, Block] = {}

    def define(self, draft: Draft, kind: str, origin: int | None, width: int, sparsity: float) -> str:
        """Defines a layer unless an equal one is defined, and says its name."""
        meaning: Block = {"altup_decoder": self._layer(kind, origin, width, sparsity)}
        for name, known in self.meanings.items():
            if known == meaning:
                return name
        name = ("local" if kind == WINDOW else "global") + ("" if origin is None else "_shared")
        name = f"sparse_{name}" if sparsity else name
        while name in self.meanings:
            name += "_"  # a layer of another width
        base = next(iter(self.meanings), None)
        draft.define[name] = like(base, self.meanings[base], meaning) if base else meaning
        self.meanings[name] = meaning
        return name

    def _layer(self, kind: str, origin: int | None, width: int, sparsity: float) -> dict[str, Any]:
        local = kind == WINDOW
        label = None if local else "Global attention"
        if origin is not None:
            label = f"Shared-KV {'sliding' if local else 'global'} attention"
        mixer = whole_heads(
            self.heads,
            self.groups,
            self.head_dim,
            label=label,
            attention_bias=self.bias,
            shares_kv=None if origin is None else commented(f"of layer {origin}", "num_kv_shared_layers"),
            qk_norm="rmsnorm_per_head",
            v_norm=origin is None,
            attention_multiplier=1.0,
            sliding_window=self.window if local else None,
            position=self.positions[kind],
        )
        dense: dict[str, Any] = {"intermediate_size": width}
        if sparsity:
            dense["activation_sparsity"] = sparsity
        return {**self.fields, "attention": mixer, "feed_forward": {"geglu": dense}}


FAMILIES = (
    Family(("gemma3n_text",), _text, ("Gemma3nForCausalLM",)),
    Family(("gemma3n",), _whole, ("Gemma3nForConditionalGeneration",)),
)

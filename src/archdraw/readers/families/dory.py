"""Dory: layers on the unit sphere (nGPT), some of them gone through several times."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import gated_feed_forward, rope, tied_embeddings, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family

_FULL, _SLIDING = "full_attention", "sliding_attention"
_BASES = {_FULL: 10_000_000.0, _SLIDING: 10_000.0}
_NORM: Block = {"op": {"label": "L2 norm", "role": "norm"}}
_INSIDE = (
    "learned scales inside attention and feed-forward network, which stand behind them, and L2 norms at their ends"
)


def _dory(config: Config) -> Draft:
    made = Draft(
        hidden_size=config.integer("hidden_size", default=2560),
        vocab_size=config.integer("vocab_size", default=131072),
        context_length=config.integer("max_position_embeddings", default=8192),
    )
    if tied_embeddings(config, False):
        config.mark_incomplete("tied tables, one of which has a scale for each token")
    config.mark_incomplete(_INSIDE)
    config.ignore("ngpt_alpha_init")
    kinds, start, looped = _layout(config)
    for kind in kinds:
        if kind not in _BASES:
            config.mark_incomplete(f"layers of type {kind[:40]}")
    names = ["global_layer" if kind == _FULL else "local_layer" for kind in kinds]
    for name, kind in dict(zip(names, kinds, strict=True)).items():
        made.define[name] = _layer(config, made, kind)
    loops = config.integer("n_recurrent_loops", default=2)
    if config.text("recurrent_kv_cache_mode", default="per_loop") != "per_loop":
        config.mark_incomplete("one cache for all passes through a loop")
    again: Block = {"op": {"label": "L2 norm + input", "detail": "of the first pass"}}
    end = start + looped
    scales = [{"name": "logit_scale", "shape": [made.vocab_size]}]
    made.layers = [
        "embedding",
        *(stacks(names[:start]) if start else []),
        _NORM,
        {"loop": {"num_loops": loops, "body": [again, *stacks(names[start:end])]}},
        *(stacks(names[end:]) if names[end:] else []),
        _NORM,
        "output_head",
        {"weight": {"label": "× scale of each token", "name": "lm_head", "part": "head", "weights": scales}},
    ]
    return made


def _layout(config: Config) -> tuple[list[str], int, int]:
    """The kind of each layer, how many come before the loop and how many are in it.

    A file that lists attention and MLP apart counts both, in its other numbers as well.
    """
    listed = config.texts("layer_types", default=[])
    share = 2 if "mlp" in listed else 1
    number = config.integer("num_hidden_layers", default=36) // share
    usual = [_FULL if (index + 1) % 4 == 0 else _SLIDING for index in range(number)]
    kinds = config.per_layer(listed[::share] or usual, number, "layer_types")
    start = config.integer("n_input_layers", default=8, least=0) // share
    end = config.integer("n_output_layers", default=8, least=0) // share
    given_number = config.integer("n_recurrent_layers", default=(number - start - end) * share) // share
    if start + given_number + end != number:
        config.complain(f"{start} + {given_number} + {end} layers are not {number}", "n_recurrent_layers")
        return kinds, 0, number
    return kinds, start, given_number


def _layer(config: Config, made: Draft, kind: str) -> Block:
    """The line is normalized, and then moves towards each sublayer's normalized output by a learned share."""
    full = kind == _FULL
    heads, width = config.integer("num_attention_heads", default=16), config.integer("head_dim", default=256)
    inner = config.integer("intermediate_size", default=7168)
    window = config.integer("sliding_window", default=1024)
    mixer = whole_heads(
        heads,
        config.integer("num_key_value_heads", default=4),
        width,
        label="Global attention" if full else None,
        attention_bias=config.flag("attention_bias", default=False),
        output_gate=True,
        gate_projection="gate_proj",
        qk_norm="l2norm_per_head",
        sliding_window=None if full else window,
        position=rope(config, theta=_BASES.get(kind), kind=kind),
    )
    feed = gated_feed_forward(config, inner)
    return {
        "layer": {
            "label": "Decoder layer",
            "body": [
                *_moved(mixer, "attention", "lambda_1", made.hidden_size, sqk=heads * width, s_gate=heads * width),
                *_moved(feed, "feed_forward", "lambda_2", made.hidden_size, suv_gate=inner, suv_up=inner),
            ],
        }
    }


def _moved(sublayer: Block, part: str, rate: str, hidden: int, **scales: int) -> list[Block]:
    tensors = [{"name": name, "shape": [size]} for name, size in scales.items()]
    inside: dict[str, Any] = {"label": "Learned scales", "name": f"{part}_scales", "part": part, "weights": tensors}
    share = {
        "label": "× λ",
        "detail": "learned per feature",
        "name": rate,
        "weights": [{"name": rate, "shape": [hidden]}],
    }
    staying: Block = {"op": {"label": "× (1 − λ)"}}
    return [_NORM, {"parallel": {"branches": [[staying], [sublayer, {"weight": inside}, _NORM, {"weight": share}]]}}]


FAMILIES = (Family(("dory",), _dory, ("DoryForCausalLM",)),)

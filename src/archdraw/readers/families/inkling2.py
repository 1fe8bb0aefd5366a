"""The text models of Inkling 2: clipped relative attention, means over depth, softcapped experts, a loop in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.wrappers import IMAGES
from archdraw.readers.family import Family
from archdraw.readers.projectors import inkling2
from archdraw.readers.similarity import like
from archdraw.readers.text_parts import text_model
from archdraw.readers.wrapped_towers import transformer
from archdraw.records import record

_SLIDING, _FULL = "hybrid_sliding", "hybrid"
_TOKEN_NORM: Block = {"rmsnorm": {"label": "RMSNorm of tokens"}}
_LENGTH = 22.627416997969522


@record
class Sizes:
    """Class defaults in which the two differ."""

    hidden: int = 4608
    layers: int = 48
    heads: int = 48
    floor: int = 128000
    expert: int = 2304
    experts: int = 384


SMALL, LOOP = Sizes(), Sizes(hidden=2304, layers=24, heads=24, floor=8192, expert=1152, experts=128)


@record
class Turns:
    """The layers from ``start`` to before ``end`` are gone through ``passes`` times, with message gates of ``rank``."""

    start: int
    end: int
    passes: int
    rank: int


def _small(config: Config) -> Draft:
    return _model(config, SMALL, None)


def _loop(config: Config) -> Draft:
    own = config.section("loop_config") or Config({}, (*config.path, "loop_config"), config)

    def number(name: str, key: str, usual: int) -> int:
        flat = config.integer(key, default=usual, least=0)
        return own.integer(name, least=0) if name in own else flat

    turns = Turns(
        number("core_start", "loop_layer_index_start", 6),
        number("core_end", "loop_layer_index_end", 18),
        number("num_passes", "loop_num_passes", 3),
        number("gate_rank", "loop_gate_rank", 64),
    )
    return _model(config, LOOP, turns)


def _model(config: Config, usual: Sizes, turns: Turns | None) -> Draft:
    vocabulary = config.integer("vocab_size", default=201024)
    made = Draft(
        hidden_size=config.integer("hidden_size", default=usual.hidden),
        vocab_size=vocabulary,
        context_length=config.integer("max_position_embeddings", "model_max_length", default=1048576),
    )
    config.ignore("number_of_conv_states")
    if config.flag("tie_word_embeddings", default=False):
        config.mark_incomplete("tie_word_embeddings is true, and the class of transformers ties no tables")
    block = config.integer("n_layers_per_attn_res_block", default=6)
    names = _layers(config, usual, turns, made, block)
    scored = config.integer("unpadded_vocab_size", default=200058)
    head = given(
        unpadded_vocab_size=scored if scored != vocabulary else None,
        final_logit_softcapping=config.number("final_logit_softcapping", default=30.0),
    )
    made.layers = [
        "embedding",
        _TOKEN_NORM,
        *_stacks(config, names, turns, block),
        {"attention_residual_output": {"attn_res_block_size": block, "elementwise_affine": False}},
        "rmsnorm",
        {"output_head": head},
    ]
    return made


def _seeing(text: str) -> Callable[[Config], Draft]:
    """The reader of a whole model around the model type ``text``: images join behind the norm of tokens."""

    def read(config: Config) -> Draft:
        made = text_model(config, text)
        images = transformer("inkling2_vision", inkling2)(config, made)
        place = made.layers.index(_TOKEN_NORM) + 1
        made.layers[place:place] = images
        return made

    return read


def _stacks(config: Config, names: list[str], turns: Turns | None, block: int) -> list[Block]:
    """All layers in order, those that are looped as a loop."""
    if turns is None:
        return stacks(names)
    start, end = turns.start, turns.end
    if not 0 < start < end <= len(names) or not turns.passes or start % block or end % block:
        config.mark_incomplete(f"a loop of the layers from {start} to before {end}, {turns.passes} times")
        return stacks(names)
    loop: Block = {"loop": {"num_loops": turns.passes, "messages": True, "body": stacks(names[start:end])}}
    behind = stacks(names[end:]) if names[end:] else []
    return [*stacks(names[:start]), loop, *behind]


def _layers(config: Config, usual: Sizes, turns: Turns | None, made: Draft, block: int) -> list[str]:
    """Defines the kinds of layers, and returns the name of each layer."""
    number = config.integer("num_hidden_layers", default=usual.layers)
    types = [_FULL if (index + 1) % 6 == 0 else _SLIDING for index in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=types), number, "layer_types")
    # Sizes of a kind of layer that the model may not have.
    config.raw("swa_num_attention_heads", "swa_num_key_value_heads", "swa_head_dim", "sliding_window_size")
    config.raw("num_attention_heads", "num_key_value_heads", "head_dim", "rel_extent")
    config.raw("log_scaling_n_floor", "log_scaling_alpha")
    made.define["experts"] = _experts(config, usual)
    names: list[str] = []
    for index, kind in enumerate(kinds):
        if kind not in (_FULL, _SLIDING):
            config.mark_incomplete(f"layers of type {kind[:40]}")
        local = kind == _SLIDING
        looped = turns is not None and turns.start <= index < turns.end
        mixer, norms = ("local" if local else "global"), None if local and not looped else "shared" if local else "each"
        if local and looped:
            mixer = "looped_local"
        made.define.setdefault(mixer, _attention(config, usual, local=local, norms=norms))
        begins = index % block == 0
        residual = given(
            n_layers_per_attn_res_block=block,
            num_queries=None if local else 3,
            begins_block=begins or None,
            is_first=index == 0 or None,
            loop_gate_rank=turns.rank if turns is not None and looped else None,
        )
        what = f"{'looped_' * looped}{'local' if local else 'global'}_layer"
        name = f"{'first_' if index == 0 else 'block_' if begins else ''}{what}"
        names.append(name)
        if name not in made.define:
            made.define[name] = _layer(config, made, mixer, {"block_attention_residual": residual})
            if turns is not None:
                # Layers around and in a loop are boxes of their own, which need names.
                label = what.capitalize().replace("_", " ") + ", new block" * (begins and index > 0)
                made.define[name] = _labelled(made.define[name], label)
    return names


def _labelled(layer: Block, label: str) -> Block:
    """``layer``, written whole or as a change of another, with a ``label``."""
    if isinstance(layer, str):
        return {"like": layer, "label": label}
    return {**layer, "label": label} if "like" in layer else {"decoder": {**layer["decoder"], "label": label}}


def _layer(config: Config, made: Draft, mixer: str, residual: Block) -> Block:
    """A layer with a convolution behind each sublayer; written as a change of the first one where there is one."""
    kernel = config.integer("conv_kernel_size", "sconv_kernel_size", default=4)
    after: list[Block] = [
        {"added_convolution": {"conv_kernel_size": kernel, "name": f"post_{place}_convolution", "output_scale": True}}
        for place in ("attention", "mlp")
    ]
    decoder: dict[str, Any] = {
        "attention": [mixer, after[0]],
        "feed_forward": ["experts", after[1]],
        "residual": residual,
    }
    whole: Block = {"decoder": decoder}
    for name, other in made.define.items():
        if isinstance(other, dict) and "decoder" in other:
            return like(name, other, whole)
    return whole


def _attention(config: Config, usual: Sizes, *, local: bool, norms: str | None) -> Block:
    before = "swa_" if local else ""
    fields: dict[str, Any] = {
        "num_attention_heads": config.integer(f"{before}num_attention_heads", default=usual.heads),
        "num_key_value_heads": config.integer(f"{before}num_key_value_heads", default=8),
        "head_dim": config.integer(f"{before}head_dim", default=128),
        "d_rel": config.integer("d_rel", default=16),
        "conv_kernel_size": config.integer("conv_kernel_size", "sconv_kernel_size", default=4),
        "qk_l2_clip_threshold": config.number("qk_l2_clip_threshold", default=_LENGTH),
        "rel_l2_clip_threshold": config.number("rel_l2_clip_threshold", default=8.0),
        **given(input_norms=norms),
    }
    if local:
        fields["sliding_window"] = config.integer("sliding_window_size", "sliding_window", default=1024)
    else:
        fields |= {
            "rel_extent": config.integer("rel_extent", default=1024),
            "log_scaling_n_floor": config.integer("log_scaling_n_floor", default=usual.floor),
            "log_scaling_alpha": config.number("log_scaling_alpha", default=0.1),
            "dynamic_convolution": True,
            "label": "Global attention",
        }
    return {"clipped_relative_attention": fields}


def _experts(config: Config, usual: Sizes) -> Block:
    """Experts whose two factors are bounded by tanh, selected with a bias, none of them shared."""
    # The gate of the class is a sigmoid whatever hidden_act says.
    config.ignore("hidden_act")
    scores = config.text("scoring_func", default="sigmoid")
    if scores not in ("sigmoid", "sqrtsoftplus"):
        config.mark_incomplete(f"scores of the router by {scores[:40]}")
        scores = "sigmoid"
    expert = {
        "intermediate_size": config.integer("moe_intermediate_size", "intermediate_size", default=usual.expert),
        "activation_situ_beta": config.number("mlp_gate_softcap", default=4.0),
        "activation_situ_linear_beta": config.number("mlp_up_softcap", default=25.0),
    }
    return {
        "mixture_of_experts": {
            "num_experts": config.integer("n_routed_experts", "num_local_experts", default=usual.experts),
            "num_experts_per_tok": config.integer("num_experts_per_tok", default=8),
            "expert": {"situ_glu": expert},
            "scoring_func": scores,
            "norm_topk_prob": True,
            "routed_scaling_factor": config.number("route_scale", "routed_scaling_factor", default=8.0),
            "e_score_correction_bias": True,
        }
    }


FAMILIES = (
    Family(("inkling2_text",), _small, ("Inkling2ForCausalLM",)),
    Family(("inkling2_loop_text",), _loop, ("Inkling2LoopForCausalLM",)),
    Family(("inkling2",), _seeing("inkling2_text"), ("Inkling2ForConditionalGeneration",), IMAGES, wraps=True),
    Family(
        ("inkling2_loop",), _seeing("inkling2_loop_text"), ("Inkling2LoopForConditionalGeneration",), IMAGES, wraps=True
    ),
)

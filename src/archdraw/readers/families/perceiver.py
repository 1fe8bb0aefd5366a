"""Perceiver: a text is read into a fixed number of latent vectors, and read out of them at each position."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.gpt import UNGATED
from archdraw.readers.family import Family

_ELSEWHERE = (
    *("_label_trainable_num_channels", "audio_samples_per_frame", "image_size", "num_frames", "output_num_channels"),
    *("output_shape", "samples_per_patch", "train_size", "attention_probs_dropout_prob", "tie_word_embeddings"),
)
"""Keys of the classes for images, sounds and optical flow."""

_READING_HEADS, _READING_WIDTH = 8, 256
"""Heads of the attention that reads the latent vectors out, and features of its queries: the class fixes them."""


def _feed_forward(config: Config, width: int) -> Block:
    act = config.text("hidden_act", default="gelu")
    if act not in UNGATED:
        config.mark_incomplete(f"the activation {act}")
    return {UNGATED.get(act, "gelu"): {"intermediate_size": width, "mlp_bias": True}}


def _line(label: str, features: int) -> Block:
    return {"linear": {"features": features, "bias": True, "label": label, "role": "attention", "cache": 0}}


def _across(label: str, vectors: str, sizes: dict[str, int], feed_forward: Block, *, residual: bool) -> Block:
    """A layer whose queries are of learned ``vectors``, its keys and values of the line that comes in.

    ``sizes``: ``number`` vectors of ``own`` features; ``heads``, and features of their ``keys`` and ``values``.
    """
    own, keys, values, heads = sizes["own"], sizes["keys"], sizes["values"], sizes["heads"]
    table = {"label": vectors, "detail": f"{sizes['number']:,} × {own:,}", "inputs": 0, "role": "embedding"}
    table |= {"part": "embedding"}
    core = {"label": "Softmax attention", "role": "attention", "inputs": 3, "features": values, "cache": 0}
    shape = {"num_attention_heads": heads, "head_dim": keys // heads, "v_head_dim": values // heads, "is_causal": False}
    nodes: dict[str, Any] = {
        "vectors": {"weight": {**table, "weights": [{"name": "weight", "shape": [sizes["number"], own]}]}},
        "norm": "layernorm",
        "query": _line(f"Q {keys:,}", keys),
        "read_norm": "layernorm",
        "key": _line(f"K {keys:,}", keys),
        "value": _line(f"V {values:,}", values),
        "attend": {
            "op": {**core, "detail": counted(heads, "head", "heads"), "grid": [sizes["number"]], "heads": shape}
        },
        "out": _line(f"Output projection {own:,}", own),
    }
    edges: list[Any] = [
        ["vectors", "norm", "query", "attend"],
        ["input", "read_norm", "key", "attend"],
        ["read_norm", "value", "attend", "out"],
    ]
    if residual:
        nodes["added"] = {"op": "+"}
        edges += [["out", "added", "output"], ["vectors", "added"]]
    else:
        edges.append(["out", "output"])
    graph: Block = {"graph": {"nodes": nodes, "edges": edges, "widths": {"attend": values}}}
    attending = {
        "label": label,
        "role": "attention",
        "cache": 0,
        "detail": counted(heads, "head", "heads"),
        "body": graph,
    }
    body: list[Any] = [{"module": attending}, {"residual": ["layernorm", feed_forward]}]
    return {"layer": {"label": "Cross-attention layer", "body": body}}


def _perceiver(config: Config) -> Draft:
    config.defaults(vocab_size=262, d_model=768, d_latents=1280, num_latents=256, max_position_embeddings=2048)
    config.defaults(num_blocks=1, num_self_attends_per_block=26)
    text, inside = config.integer("d_model"), config.integer("d_latents")
    longest, latents = config.integer("max_position_embeddings"), config.integer("num_latents")
    made = Draft(inside, config.integer("vocab_size"), longest, tie_word_embeddings=True)
    across, along = (config.integer(f"num_{kind}_attention_heads", default=8) for kind in ("cross", "self"))
    keys, values = config.optional_integer("qk_channels"), config.optional_integer("v_channels")
    by = config.text("cross_attention_shape_for_attention", default="kv")
    if by not in ("q", "kv"):
        config.complain(f"{by[:40]} is neither q nor kv", "cross_attention_shape_for_attention")
    crossed = keys or (inside if by == "q" else text)
    own = keys or inside
    if (values or own) != inside:
        config.complain(f"self-attention leaves {values or own} features for {inside}", "v_channels")
        return made
    for width, heads in ((crossed, across), (values or crossed, across), (own, along), (inside, along)):
        if width % heads:
            config.complain(f"{heads} heads do not divide {width} features")
            return made
    widening = {kind: config.integer(f"{kind}_attention_widening_factor", default=1) for kind in ("cross", "self")}
    made.layers.append({"embedding": _tables(text, inside, longest)})
    read = {"number": latents, "own": inside, "keys": crossed, "values": values or crossed, "heads": across}
    residual = config.flag("use_query_residual", default=True)
    wide = _feed_forward(config, inside * widening["cross"])
    made.layers.append(_across("Latents attend to the text", "Latents", read, wide, residual=residual))
    mixer = {"num_attention_heads": along, "attention_bias": True, "is_causal": False}
    mixer |= {"head_dim": own // along} if own != inside else {}
    mixer |= {"v_head_dim": inside // along} if own != inside else {}
    number, rounds = config.integer("num_self_attends_per_block"), config.integer("num_blocks")
    inner: dict[str, Any] = {"times": number, "norm": "layernorm", "attention": {"multi_head": mixer}}
    inner["feed_forward"] = _feed_forward(config, inside * widening["self"])
    stack: Block = {"encoder_layer": inner}
    made.layers.append({"loop": {"num_loops": rounds, "body": [stack]}} if rounds > 1 else stack)
    if text % _READING_HEADS:
        config.complain(f"{_READING_HEADS} heads do not divide d_model {text}", "d_model")
        return made
    asked = {"number": longest, "own": text, "keys": _READING_WIDTH, "values": text, "heads": _READING_HEADS}
    plain = _feed_forward(config, text)
    made.layers.append(_across("Positions attend to the latents", "Output positions", asked, plain, residual=False))
    made.before_head = 1
    if "PerceiverModel" in (config.raw("architectures") or ()):
        config.mark_incomplete("what of a text PerceiverModel reads, which its config does not say")
    made.layers.append({"output_head": {"bias": True}})
    return made


def _tables(text: int, inside: int, longest: int) -> dict[str, Any]:
    tables = {"max_position_embeddings": longest}
    return tables if text == inside else {"embedding_size": text, "projected": False, **tables}


FAMILIES = (Family(("perceiver",), _perceiver, ("PerceiverForMaskedLM",), _ELSEWHERE),)

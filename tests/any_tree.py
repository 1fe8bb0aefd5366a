"""Models of any shape: every kind by its example, nested in every node of the algebra, for laws about pictures."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

from archdraw.errors import InputError
from archdraw.kinds.registry import kinds
from archdraw.layout.plate.plate import LAST_RESORT
from archdraw.lint.faults import Fault, faults
from archdraw.scene import Scene
from archdraw.source import plain, scan
from archdraw.spec import Spec, expand, parse_spec
from archdraw.tree.blocks import Block, Side
from archdraw.tree.framing import ANY
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import children

HIDDEN = 4096
"""The width that the examples of most kinds are written for."""
HEAD = {"name": "Any", "hidden_size": HIDDEN, "vocab_size": 1000, "context_length": 512}


def model(layers: list[Any], **more: Any) -> Spec:
    """The spec of a model of these ``layers``."""
    return parse_spec(json.dumps({**HEAD, **more, "layers": layers}), "any.yaml")


def wrong_in(scene: Scene) -> list[Fault]:
    """What is wrong with ``scene``; of a picture larger than any page not that its words are small."""
    too_large = min(scene.width, scene.height) > LAST_RESORT
    return [fault for fault in faults(scene) if not (too_large and fault.rule == "size")]


@cache
def examples(beside: bool = False) -> tuple[Any, ...]:
    """The examples of all kinds that can stand in a row of ``HIDDEN`` features, or of those ``beside`` it."""
    return tuple(
        block for block, made in _expanded() if any(isinstance(part, Side) for part in children(made)) == beside
    )


@cache
def sublayers() -> tuple[Any, ...]:
    """Those of the :func:`examples` that can stand in a layer: they hold none."""
    return tuple(block for block, made in _expanded() if block in examples() and not number_of_layers(made, ANY))


@cache
def _expanded() -> tuple[tuple[Any, Block], ...]:
    """Each example that can stand in a row, with the tree of a row of two of it."""
    found = []
    for kind in kinds().values():
        block = plain(scan(kind.example, "example").root)
        try:
            found.append((block, expand(model(["embedding", block, {"linear": HIDDEN}, block])).body))
        except InputError:
            continue
    return tuple(found)


PLAIN: st.SearchStrategy[Any] = st.deferred(lambda: st.sampled_from(examples()))
SUBLAYER: st.SearchStrategy[Any] = st.deferred(lambda: st.sampled_from(sublayers()))
_SUBLAYERS = st.lists(SUBLAYER, min_size=1, max_size=2)
LABELS = st.sampled_from(["Tower", "Left", "Right", "Stage 1", "Mixing"])
LAYER = {"norm": "rmsnorm", "attention": {"multi_head": {"num_attention_heads": 32}}}
LAYERS = st.one_of(
    st.builds(
        lambda times, width, label: {
            "decoder": {
                "times": times,
                **LAYER,
                "feed_forward": {"swiglu": {"intermediate_size": width}},
                **({"label": label} if label else {}),
            }
        },
        st.integers(1, 12),
        st.sampled_from([1024, 2048]),
        st.none() | LABELS,
    ),
    st.builds(
        lambda times, label, body: {"layer": {"label": label, "times": times, "body": [*body, {"linear": HIDDEN}]}},
        st.integers(1, 4),
        LABELS,
        st.lists(SUBLAYER, min_size=1, max_size=3),
    ),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    row = st.lists(inner, min_size=1, max_size=3).map(lambda items: [*items, {"linear": HIDDEN}])
    return st.one_of(
        row.map(lambda body: {"residual": body}),
        st.builds(lambda label, body: {"module": {"label": label, "body": body}}, LABELS, row),
        st.builds(
            lambda one, other, merge: {"parallel": {"merge": merge, "branches": [one, other]}},
            row,
            row,
            st.sampled_from(["add", "multiply"]),
        ),
        st.builds(lambda times, body: {"repeat": {"times": times, "body": body}}, st.integers(1, 3), row),
        st.builds(lambda body: {"experts": {"total": 4, "active": 2, "body": body}}, row),
        st.builds(
            lambda one, other: {
                "graph": {
                    "nodes": {"one": one, "two": other, "sum": {"op": "+"}},
                    "edges": [["input", "one", "sum", "output"], ["one", "two", "sum"]],
                }
            },
            row,
            row,
        ),
        st.builds(
            lambda one, other, axis: [
                {"parallel": {"merge": "separate", "branches": [one, other]}},
                {"concatenate": {"inputs": 2, "axis": axis}},
                {"linear": HIDDEN},
            ],
            row,
            row,
            st.sampled_from(["features", "positions"]),
        ).map(lambda parts: {"sequence": parts}),
        st.builds(_graph_of_several_lines, row, row),
        st.builds(_graph_of_sources, row, row),
        st.builds(_cell, row),
        st.builds(_two_streams, st.integers(1, 4), LABELS, st.lists(_SUBLAYERS, min_size=1, max_size=3)),
        st.builds(lambda times, row: {"loop": {"num_loops": times, "body": row}}, st.integers(2, 4), row),
    )


def _graph_of_several_lines(one: list[Any], other: list[Any]) -> Any:
    """A projection that is split into lines, each of which something else reads."""
    nodes = {
        "split": {"linear": {"features": 3 * HIDDEN, "outputs": ["left", "middle", "right"]}},
        "one": one,
        "two": other,
        "sum": {"op": "+"},
    }
    ways = [["input", "split"], ["split.left", "one", "sum", "output"], ["split.middle", "two", "sum"]]
    return {"graph": {"nodes": nodes, "edges": [*ways, ["split.right", "sum"]]}}


def _graph_of_sources(one: list[Any], other: list[Any]) -> Any:
    """What comes in meets a second input and a learned tensor."""
    nodes = {
        "image": {"input": {"label": "Image features", "shape": [HIDDEN, 16]}},
        "queries": {
            "weight": {"label": "Queries", "inputs": 0, "weights": [{"name": "weight", "shape": [16, HIDDEN]}]}
        },
        "one": one,
        "two": other,
        "product": {"op": "×"},
        "sum": {"op": "+"},
    }
    ways = [["input", "one", "sum", "output"], ["image", "product", "two", "sum"], ["queries", "product"]]
    return {"graph": {"nodes": nodes, "edges": ways}}


def _cell(body: list[Any]) -> Any:
    """A line that comes back one step later."""
    nodes = {"sum": {"op": "+"}, "cell": body}
    return {"graph": {"nodes": nodes, "edges": [["input", "sum", "cell", "output"]], "back": [["cell", "sum"]]}}


def _two_streams(times: int, label: str, bodies: list[list[Any]]) -> Any:
    """Layers that take and leave two lines, of as many kinds as there are ``bodies``."""
    split = {"parallel": {"merge": "separate", "branches": [{"linear": HIDDEN}, {"linear": HIDDEN}]}}
    layers = [{"layer": {"label": label, "times": times, "body": _of_two_lines(body)}} for body in bodies]
    return {"sequence": [split, *layers, *layers[:-1], {"concatenate": {"inputs": 2}}, {"linear": HIDDEN}]}


def _of_two_lines(body: list[Any]) -> Any:
    nodes = {"left": [*body, {"linear": HIDDEN}], "right": [*body, {"linear": HIDDEN}], "sum": {"op": "+"}}
    ways = [["input.one", "left", "sum", "output"], ["input.two", "sum"], ["input.two", "right", "output"]]
    return {"graph": {"inputs": ["one", "two"], "nodes": nodes, "edges": ways}}


BLOCKS = st.recursive(PLAIN | LAYERS, _nested, max_leaves=6)
SIDES = st.deferred(lambda: st.sampled_from(examples(beside=True)))


@st.composite
def trees(draw: st.DrawFn) -> list[Any]:
    """The layers of a model: blocks of any nesting, modules beside some of them, with or without embedding and head."""
    row = draw(st.lists(BLOCKS, min_size=1, max_size=4))
    for side in draw(st.lists(SIDES, max_size=2)):
        row.insert(draw(st.integers(0, len(row))), side)
    if draw(st.booleans()):
        row = ["embedding", *row]
    return [*row, {"linear": HIDDEN}, *draw(st.sampled_from([[], ["rmsnorm", "output_head"], ["output_head"] * 2]))]

"""Layers that are folded to a bar: what it says of them, its letter and what an author says of it."""

from __future__ import annotations

import pytest

from archdraw.layout.diagram.measures import HIGHLIGHT
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.picture import Bar
from archdraw.remarks import Mark
from archdraw.scene import Rect, groups_of
from archdraw.views.architecture import picture
from archdraw.views.boxes import bars
from archdraw.views.brief import shortened

HEADS = "num_attention_heads: 8, num_key_value_heads: 2"
WIDE = "swiglu: {intermediate_size: 256}"
TEXT = """
name: Folded
hidden_size: 64
vocab_size: 100
define:
  first: {FIRST}
  other: {OTHER}
layers:
  - embedding
  - stack: {pattern: [STACK]}
  - output_head
"""


def layer(*, attention: str = "", feed: str = WIDE, more: str = "") -> str:
    return f"decoder: {{{more}attention: {{grouped_query: {{{HEADS}{attention}}}}}, feed_forward: {{{feed}}}}}"


def folded(first: str, other: str, times: int = 1, more: str = "") -> Model:
    """A model whose ``first`` layers come so many times, and ``other`` ones six times."""
    stack = ", ".join(["first"] * times + ["other"] * 6)
    return Model.from_text((TEXT + more).replace("STACK", stack).replace("FIRST", first).replace("OTHER", other))


def bar(model: Model) -> Bar:
    (found,) = bars(picture(model.spec, model.block).column)
    return found


@pytest.mark.parametrize(
    ("first", "other", "line"),
    [
        (
            layer(attention=""),
            layer(attention=", qk_norm: rmsnorm_per_head"),
            "layer 0: grouped-query attention, no QK",
        ),
        (
            layer(feed="swiglu: {intermediate_size: 512}"),
            layer(attention=", sliding_window: 8, qk_norm: rmsnorm_per_head"),
            "64 → 512 → 64, without QK-norm",
        ),
        (layer(attention=", position: rope"), layer(attention=", sliding_window: 8"), "dim 8, with RoPE"),
        (layer(more="placement: parallel, "), layer(), "layer 0, parallel: grouped-query attention, SwiGLU FFN"),
        (layer(), layer(more="placement: parallel, "), "layer 0, sequential: grouped-query attention, SwiGLU FFN"),
        (layer(more="placement: sandwich, "), layer(), "layer 0, sandwich norm: grouped-query attention, SwiGLU FFN"),
        (
            layer(more="placement: parallel, label: Dense layer, ", feed="gelu: {intermediate_size: 64}"),
            layer(more="placement: parallel, "),
            "Dense layer, parallel (layer 0): grouped-query attention, GELU FFN, 64 → 64 → 64",
        ),
    ],
)
def test_a_bar_says_by_what_its_layers_differ_from_the_drawn_ones(first: str, other: str, line: str) -> None:
    assert line in bar(folded(first, other)).label


def test_which_layers_a_bar_stands_for_is_said_once() -> None:
    # "2 × layers 0–1" would read as twice two layers.
    model = folded(layer(more="label: First layer, "), layer(attention=", sliding_window: 8"), times=2)
    assert bar(model).times == "2 ×"
    assert bar(model).label.startswith("First layer (layers 0–1): ")
    # A bracket is beside a bar, as beside a frame; in words there is the one or the other.
    first, second = bars(shortened(picture(model.spec, model.block), ["layers"]).plate.column)
    assert (first.times, first.label.partition(":")[0]) == ("", "First layer (layers 0–1)")
    assert (second.times, second.label) == ("", "6 × Layer")


@pytest.mark.parametrize("name", ["first", "First layer"])
@pytest.mark.parametrize("field", ["insets", "open"])
def test_a_folded_layer_is_opened_with_a_letter_at_its_bar(field: str, name: str) -> None:
    figure = {"insets": f"insets: [{name}]", "open": f"figure: {{open: [{name}]}}"}[field]
    layers = (layer(more="label: First layer, "), layer(attention=", sliding_window: 8"))
    model = folded(*layers, more=figure)
    path = bar(model).path
    (panel,) = [one for one in picture(model.spec, model.block).insets if one.title == "First layer"]
    assert panel.source == path
    for view in ("plate", "page"):
        assert not faults(model.scene(view))
    opens = [group.opens for group in groups_of(model.scene("plate").children) if group.path == path]
    panels = [group.panel for group in groups_of(model.scene("plate").children) if group.title == "First layer"]
    assert opens
    assert set(opens) <= set(panels)
    assert all(opens)


def test_a_folded_layer_is_marked_by_its_name() -> None:
    plain = folded(layer(more="label: First layer, "), layer(attention=", sliding_window: 8"))
    model = plain.figure(highlight=["first"], colours={"first": "#112233"}, notes={"first": "without a window"})
    assert bar(model).mark == Mark("without a window", "#112233", True)
    assert bar(model).label.endswith("; without a window")
    scene = model.scene("plate")
    (ground,) = [one for one in scene.shapes() if isinstance(one, Rect) and one.stroke_width == HIGHLIGHT]
    assert ground.fill is not None
    assert scene.colour(ground.fill) == "#112233"
    assert not faults(scene)

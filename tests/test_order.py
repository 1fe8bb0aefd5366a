"""The order of a stack above its strip: which cells and groups there are, and that they fit."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.cells import OrderCell, OrderGroup, Strip
from archdraw.layout.canvas import Canvas
from archdraw.layout.plate import order as layout
from archdraw.lint.faults import faults
from archdraw.model import load
from archdraw.resources import specs_folder
from archdraw.scene import Text
from archdraw.theme import load_theme
from archdraw.views.architecture import picture
from archdraw.views.order import is_even, ordered, rounds

ROLES = {"Mamba-2": "linear", "MoE": "experts", "attention": "attention", "sliding": "sliding"}
LETTERS = {"m": "Mamba-2", "e": "MoE", "a": "attention", "s": "sliding"}


def names(letters: str) -> list[str]:
    return [LETTERS[letter] for letter in letters]


def told(items: tuple[OrderCell | OrderGroup, ...]) -> str:
    """``3 × [Mamba-2 MoE]``: the order in words."""
    return " ".join(
        f"{item.times} × [{told(item.items)}]" if isinstance(item, OrderGroup) else item.label for item in items
    )


def strip(name: str) -> Strip:
    model = load(specs_folder() / f"{name}.yaml")
    found = picture(model.spec, model.block).strip
    assert found
    return found


def test_groups_are_named_cells_in_the_colours_of_their_roles() -> None:
    items = ordered(names("me" * 3 + "mae" + "me" * 3), ROLES)
    assert told(items) == "3 × [Mamba-2 MoE] Mamba-2 attention MoE 3 × [Mamba-2 MoE]"
    group = items[0]
    assert isinstance(group, OrderGroup)
    assert group.items == (OrderCell("Mamba-2", "linear"), OrderCell("MoE", "experts"))


def test_layers_of_one_kind_in_a_row_are_one_cell() -> None:
    assert told(ordered(names("ssssa" * 3 + "s"), ROLES)) == "3 × [4 × sliding attention] sliding"


def test_what_does_not_repeat_has_no_order() -> None:
    assert ordered(names("mea"), ROLES) == ()


def test_an_order_that_is_hardly_shorter_than_its_layers_is_left_to_the_strip() -> None:
    assert ordered(names("me" * 3 + "mae" + "me" * 2), ROLES) == ()
    found = strip("nemotron-3-nano-4b")
    assert found.order == ()
    assert found.caption == "42 layers: 21 Mamba-2, 17 squared ReLU FFN, 4 grouped-query attention"


def test_units_begin_as_the_stack_does() -> None:
    letters = ("me" * 3 + "mae") * 3 + ("me" * 4 + "mae") * 4 + "me" * 3 + "mae" + "me" * 4
    assert told(ordered(names(letters), ROLES)) == (
        "3 × [3 × [Mamba-2 MoE] Mamba-2 attention MoE] 4 × [4 × [Mamba-2 MoE] Mamba-2 attention MoE] "
        "3 × [Mamba-2 MoE] Mamba-2 attention MoE 4 × [Mamba-2 MoE]"
    )


@pytest.mark.parametrize(
    ("name", "caption", "order"),
    [
        (
            "nemotron-3-nano-30b-a3b",
            "52 layers: 23 Mamba-2, 23 MoE, 6 grouped-query attention",
            "5 × [Mamba-2 MoE Mamba-2 MoE Mamba-2 grouped-query attention MoE] 3 × [Mamba-2 MoE] "
            "Mamba-2 grouped-query attention MoE 4 × [Mamba-2 MoE]",
        ),
        (
            "gemma-4-e2b",
            "35 layers: 16 shared-KV sliding, 12 sliding, 4 shared-KV global, 3 global; "
            "15 GeGLU FFN + 20 double-width GeGLU FFN",
            "3 × [4 × sliding global] 4 × [4 × shared-KV sliding shared-KV global]",
        ),
        (
            "deepseek-v4-pro",
            "61 layers: 31 heavily compressed, 30 compressed sparse; 3 hash-routed MoE + 58 MoE",
            "heavily compressed 30 × [heavily compressed compressed sparse]",
        ),
    ],
)
def test_orders_that_no_caption_can_tell(name: str, caption: str, order: str) -> None:
    found = strip(name)
    assert (found.caption, told(found.order)) == (caption, order)


def test_an_order_that_a_caption_tells_is_not_told_twice() -> None:
    assert strip("gemma-3-27b").order == ()


def expanded(items: tuple[OrderCell | OrderGroup, ...]) -> list[str]:
    """The layers of an order, repeats written out."""
    found: list[str] = []
    for item in items:
        if isinstance(item, OrderGroup):
            found += expanded(item.items) * item.times
        else:
            number, _, name = item.label.rpartition(" × ")
            found += [name] * int(number or 1)
    return found


@given(st.text("meas", min_size=4, max_size=60), st.sampled_from((300.0, 700.0, 1600.0)))
def test_an_order_is_the_layers_in_order_and_has_no_fault(letters: str, width: float) -> None:
    items = ordered(names(letters), ROLES)
    assert not items or expanded(items) == names(letters)
    theme = load_theme("light")
    canvas = Canvas(theme, 3)
    layout.paint(canvas, items, 20, 20, width)
    scene = canvas.scene(width + 40, layout.height(items, width) + 40, "order", "")
    assert faults(scene) == []


@pytest.mark.parametrize("slug", ["nemotron-3-super-120b-a12b", "xiaomi-mimo-v2-5-310b", "step-3-5-flash-196b"])
def test_cells_of_a_strip_stand_in_the_rounds_of_its_order(slug: str) -> None:
    model = load(specs_folder() / f"{slug}.yaml")
    strip = picture(model.spec, model.block).strip
    assert strip is not None
    assert strip.order
    sizes = Counter(cell.group for cell in strip.cells)
    assert [sizes[group] for group in sorted(sizes)] == rounds(strip.order)
    assert sum(rounds(strip.order)) == len(strip.cells)
    starts = [index for index in range(1, len(strip.cells)) if strip.cells[index].group != strip.cells[index - 1].group]
    ticks = [int(cell.tick) for cell in strip.cells if cell.tick]
    if is_even(rounds(strip.order)):
        assert ticks == sorted({0, *starts, len(strip.cells) - 1})
    else:
        # Rounds of 11 and of 2 layers are no scale.
        steps = {after - before for before, after in pairwise(ticks[:-1])}
        assert len(steps) == 1


def test_rounds_of_like_lengths_are_marked_by_their_first_layer() -> None:
    assert is_even([2, 6, 6, 6, 4, 4, 4])
    assert is_even([1, 2, 2, 9])
    assert not is_even([25, 25, 25, 2, 2])


def test_few_cells_more_take_the_place_of_groups_in_groups() -> None:
    assert told(ordered(names(("me" * 2 + "mae") * 5), ROLES)) == (
        "5 × [Mamba-2 MoE Mamba-2 MoE Mamba-2 attention MoE]"
    )
    assert told(ordered(names(("me" * 4 + "mae") * 5), ROLES)) == "5 × [4 × [Mamba-2 MoE] Mamba-2 attention MoE]"


@pytest.mark.parametrize("slug", ["inkling", "gemma-4-e2b", "kimi-k3", "gemma-3-27b"])
def test_letters_of_panels_follow_each_other_where_one_found_no_room(slug: str) -> None:
    scene = load(specs_folder() / f"{slug}.yaml").scene()
    bold = {shape.text for shape in scene.shapes() if isinstance(shape, Text) and shape.weight == 700}
    letters = sorted(text for text in bold if len(text) == 1)
    assert letters
    assert letters == [chr(ord("A") + number) for number in range(len(letters))]


def test_cells_stand_in_the_rounds_of_the_caption() -> None:
    """Ling 2.5: 7 lightning and 1 latent layer, also where the first round has dense layers."""
    found = strip("ling-2-5-1t")
    assert found.caption.startswith("80 layers = (7 lightning + 1 multi-head latent) × 10;")
    assert [cell.group for cell in found.cells] == [layer // 8 for layer in range(80)]
    assert [cell.tick for cell in found.cells if cell.tick] == [*map(str, range(0, 80, 8)), "79"]


@pytest.mark.parametrize("slug", ["lfm2-5-350m", "llama-3-2-11b-vision", "recurrentgemma-2b"])
def test_layers_with_one_feed_forward_go_by_their_mixers(slug: str) -> None:
    """Though each kind of layer has a name of its own."""
    assert any("SwiGLU" in entry.label or "GeGLU" in entry.label for entry in strip(slug).legend)


def test_a_rest_behind_the_rounds_is_set_apart() -> None:
    found = strip("glm-5-3-flash")
    assert found.caption.startswith("45 layers = (3 Kimi Delta + 1 MLA with DSA) × 11 + 1 Kimi Delta;")
    assert [cell.group for cell in found.cells] == [layer // 4 for layer in range(45)]


def test_ticks_are_even_where_few_layers_are_in_rounds() -> None:
    """Nemotron 3 Nano 4B has two rounds of seven layers among 42: numbers of their first layers say nothing."""
    ticks = [int(cell.tick) for cell in strip("nemotron-3-nano-4b").cells if cell.tick]
    assert ticks == [*range(0, 42, 4), 41]

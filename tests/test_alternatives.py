"""Alternatives in one slot of a layer: how often each comes, as boxes or as rows of a table; labels of one size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shipped
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram, lettering, tables
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import INSET, SPINE, Measures
from archdraw.layout.diagram.text import fitted
from archdraw.layout.mirrored import mirrored
from archdraw.model import Model
from archdraw.picture import Bar, Box, Branches, Chain, Chip, Choice, Diagram, Frame, Graph, Lanes, Rail, Tap
from archdraw.scene import FRAME, Element, Group, Rect, Text
from archdraw.theme import load_theme
from archdraw.tree.blocks import Module
from archdraw.tree.framing import ANY
from archdraw.tree.walks import layers, walk
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.columns import columns

SHARE = re.compile(r"(?:in )?([\d,]+) of (?:these )?([\d,]+)(?: layers?)?(?:, every (\d+)(?:st|nd|rd|th))?")


def choices(item: Diagram) -> Iterator[Choice]:
    match item:
        case Choice(options=items):
            yield item
            for part in items:
                yield from choices(part)
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Lanes(items=items):
            for part in items:
                yield from choices(part)
        case Rail(body=body) | Frame(body=body):
            yield from choices(body)
        case Box() | Bar() | Tap():
            return


def numbers(band: str) -> tuple[int, int, int | None]:
    """How many layers of how many ``band`` says, and the period that it says."""
    found = SHARE.fullmatch(band)
    assert found, band
    first, second, every = found.groups()
    return int(first.replace(",", "")), int(second.replace(",", "")), int(every) if every else None


def test_each_of_several_alternatives_says_how_often_it_comes() -> None:
    """In one way in all models, and truly: the numbers are those of the layers that have the slot."""
    seen = 0
    for model in shipped.models():
        plate = picture(model.spec, model.block)
        for choice in choices(plate.column):
            seen += 1
            assert len(choice.bands) == len(choice.options), model.name
            said = [numbers(band) for band in choice.bands]
            assert len({all_layers for _, all_layers, _ in said}) == 1, (model.name, choice.bands)
            assert sum(number for number, _, _ in said) <= said[0][1], (model.name, choice.bands)
            for number, all_layers, every in said:
                assert number > 0
                # A row may begin with any of its first n layers.
                spans = {all_layers // every, -(-all_layers // every)} if every else {number}
                assert number in spans, (model.name, choice.bands)
    assert seen > 80


def test_the_numbers_are_those_of_the_tree() -> None:
    """They sum to the layers that have the slot; where no layer is drawn elsewhere, those are counted here again."""
    seen = 0
    for model in shipped.models():
        found = columns(model.block)
        stacks = [part for _, part in walk(model.block.body) if isinstance(part, Module) and part.level == "stack"]
        if len(stacks) != 1 or any(isinstance(item, Bar) for item in found.column.items):
            continue
        inside = [{part for _, part in walk(layer.body)} for layer in layers(stacks[0], ANY)]
        slots = {tuple(option.path for option in slot.options): slot for slot in found.stack.slots}
        for choice in choices(found.column):
            paths = tuple(option.path for option in choice.options if isinstance(option, Box))
            if len(paths) < len(choice.options):
                continue
            having = [{n for n, parts in enumerate(inside) if one.block in parts} for one in slots[paths].options]
            said = [numbers(band)[0] for band in choice.bands]
            assert said == [len(places) for places in having], model.name
            assert sum(said) == len(set().union(*having)), model.name
            seen += 1
    assert seen > 20


def row_of(path: str, label: str, role: str = "plain") -> Box:
    return Box(path, label, "32 heads, dim 128", role, chips=(Chip("RoPE", "position"),))


TABLE = Choice(
    (row_of("a", "Global attention"), row_of("b", "Sliding-window attention"), row_of("c", "Mamba")),
    ("8 of 32", "12 of 32", "12 of 32"),
    headings=("one per layer", "of 32"),
    counts=("8", "12", "12"),
)


@pytest.mark.parametrize("measures", [SPINE, INSET])
def test_rows_of_a_table_keep_their_paths_and_say_all_of_their_boxes(measures: Measures) -> None:
    cell = diagram.place(TABLE, (0.0,), (), measures)
    canvas = Canvas(load_theme("light"))
    cell.paint(canvas, 500, 900)
    rows = [canvas.places[path] for path in "abc"]
    assert all(above.bottom == below.top for above, below in pairwise(rows))
    assert {(row.left, row.right) for row in rows} == {(500 + cell.left, 500 + cell.right)}
    said = [element.text for element in _texts(canvas.elements())]
    for word in ("one per layer", "of 32", "8", "Mamba", "32 heads, dim 128", "RoPE"):
        assert word in said
    # Of how many is said once, by the heading.
    assert "8 of 32" not in said
    labels = {text.size for text in _texts(canvas.elements()) if text.text in {row.label for row in _boxes(TABLE)}}
    assert len(labels) == 1
    least = sum(tables.sides(TABLE, measures))
    assert cell.width == least


def _boxes(choice: Choice) -> list[Box]:
    return [option for option in choice.options if isinstance(option, Box)]


def test_a_table_is_read_from_the_left_in_a_mirrored_column_too() -> None:
    def words(cell: Cell) -> list[tuple[str, float, str]]:
        canvas = Canvas(load_theme("light"))
        cell.paint(canvas, 500, 900)
        return [(text.text, text.x - cell.left, text.anchor) for text in _texts(canvas.elements())]

    cell = diagram.place(TABLE, (0.0,), (), SPINE)
    assert words(mirrored(cell)) == words(cell)


def test_a_table_takes_the_room_of_chips_rather_than_two_lines_for_a_label() -> None:
    assert tables.sides(TABLE, SPINE) == (SPINE.box_width / 2, SPINE.box_width / 2)
    long = Choice((Box("a", "Shared-KV sliding-window attention"),), ("16 of 35",), headings=("one of 4", "layers"))
    left, right = tables.sides(long, SPINE)
    assert right == SPINE.box_width / 2 < left
    assert len(fitted("Shared-KV sliding-window attention", tables.label_widths(long, SPINE)[0], 16, 16, 500)) == 1


def test_three_alternatives_are_a_table_and_two_are_boxes() -> None:
    for name, tabled in (("nemotron-3-nano-4b", True), ("gemma-3-27b", False), ("olmo-hybrid-7b", False)):
        model = shipped.model(name)
        found = list(choices(picture(model.spec, model.block).column))
        assert [choice.headings is not None for choice in found] == [tabled], name


def test_labels_of_a_frame_are_as_small_as_the_longest_has_to_be() -> None:
    short, long = Box("a", "Attention"), Box("b", "Multi-head latent attention layer")
    alone = lettering.of_one_size(Chain((short,)), SPINE, diagram.beside)
    both = lettering.of_one_size(Chain((short, Rail(long))), SPINE, diagram.beside)
    assert alone.label_size == alone.least_label_size == SPINE.label_size
    assert both.label_size == both.least_label_size < SPINE.label_size
    # A label that takes two lines in any size makes no other smaller.
    longest = Box("c", "A block with a name that takes two lines in any size")
    assert lettering.of_one_size(Chain((short, longest)), SPINE, diagram.beside).label_size > both.label_size


@pytest.mark.parametrize("name", shipped.NAMES)
def test_boxes_of_a_frame_have_labels_of_one_size(name: str) -> None:
    for group in _groups(shipped.plate(name).children):
        if group.role != "model":
            continue
        frames = [frame for frame in _groups(group.children) if frame.role == FRAME]
        borders = [next(_rects(frame.children)) for frame in frames]
        boxes = [(one, next(_rects(one.children), None)) for one in _groups(group.children) if one.path]
        for border in borders:
            sizes = {
                next(_texts(one.children)).size
                for one, box in boxes
                if box is not None and box.kind == "box" and box.height >= 36 and _is_main(one, box)
                and _innermost(box, borders) is border
            }  # fmt: skip
            assert len(sizes) <= 1, (name, sizes)


def _is_main(group: Group, box: Rect) -> bool:
    """Whether ``box`` stands on the line of its column: those at its side have smaller words."""
    return (
        group.role not in ("norm", "auxiliary", "layers")
        and box.width >= 200
        and next(_texts(group.children), None) is not None
    )


def _innermost(box: Rect, borders: list[Rect]) -> Rect | None:
    around = [
        border
        for border in borders
        if border.x <= box.x and box.right <= border.right and border.y <= box.y and box.bottom <= border.bottom
    ]
    return min(around, key=lambda border: border.width * border.height, default=None)


def test_a_number_stays_with_its_word() -> None:
    def lines(text: str, width: float) -> list[str]:
        return [row.text for row in fitted(text, width, 15.5, 15.5, 400)]

    assert lines("8 query / 1 KV head, dim 256, window 512", 200) == ["8 query / 1 KV head,", "dim 256, window 512"]
    assert lines("in 10 of 62 layers, every 6th", 135) == ["in 10 of 62 layers,", "every 6th"]
    assert lines("4,096 → 131,072", 100) == ["4,096", "→ 131,072"]
    assert lines("12 × Decoder layer", 70) == ["12 ×", "Decoder", "layer"]
    # Two counts are one phrase; where that is too long it ends behind its sign.
    assert lines("layer 20: sparse, 64 query / 1 KV head", 200) == ["layer 20: sparse,", "64 query / 1 KV head"]
    assert lines("64 query / 1 KV head, dim 512", 100) == ["64 query /", "1 KV head,", "dim 512"]
    # What is calculated stays together where that takes no more lines, and so does what is in brackets.
    assert lines("2,304 → vocab 163,840, untied", 190) == ["2,304 → vocab 163,840,", "untied"]
    assert lines("convolution 3, 128 → 1,280, GELU", 180) == ["convolution 3,", "128 → 1,280, GELU"]
    assert lines("Up-convolution 2 × 2", 140) == ["Up-convolution", "2 × 2"]
    assert lines("1 layer, 2.94B (not in total)", 92) == ["1 layer,", "2.94B", "(not in total)"]
    # So does what bars part, which never begin a line.
    both = "79.7B total  |  Alibaba Cloud, 2025-09  |  Hybrid"
    assert lines(both, 245) == ["79.7B total |", "Alibaba Cloud, 2025-09 | Hybrid"]
    assert lines("Source: a config | not in the total: a module", 190) == [
        "Source: a config |",
        "not in the total: a module",
    ]
    # A unit stands with its number, whatever is before that.
    assert lines("one token per 32×32 px", 90) == ["one", "token per", "32×32 px"]
    # A word and its number that are wider than a line are parted rather than a letter from its word.
    assert lines("window 1,024", 60) == ["window", "1,024"]


@given(st.text("ab1 2×-\u00a0/→,W", min_size=1, max_size=30).filter(str.split), st.sampled_from([20, 40, 80, 150]))
def test_lines_have_the_letters_and_spaces_of_their_text(text: str, width: float) -> None:
    rows = fitted(text, width, 16, 15.5, 400)
    assert "".join("".join(row.text.split()) for row in rows) == "".join(text.split())
    for row in rows:
        assert row.text == text or row.text in " ".join(filter(None, text.split(" ")))


@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_plate_parts_a_number_from_its_word(name: str) -> None:
    parts = [part for part in shipped.plate(name).children if not (isinstance(part, Group) and part.role == "footer")]
    texts = list(_texts(tuple(parts)))
    for above, below in pairwise(texts):
        if above.phrase != below.phrase or above.text == above.phrase or above.anchor != below.anchor:
            continue
        end, start = above.text.split()[-1:], below.text.split()[:1]
        if not end or not start or f"{above.text} {below.text}" not in " ".join(above.phrase.split()):
            continue
        parted = end[0][-1].isalpha() and start[0][0].isdigit()
        alone = len(above.text.split()) == 1 or len(below.text.split()) == 1
        assert not parted or alone, (name, above.text, below.text)


def _groups(elements: tuple[Element, ...]) -> Iterator[Group]:
    for element in elements:
        if isinstance(element, Group):
            yield element
            yield from _groups(element.children)


def _texts(elements: tuple[Element, ...]) -> Iterator[Text]:
    for element in elements:
        if isinstance(element, Text):
            yield element
        elif isinstance(element, Group):
            yield from _texts(element.children)


def _rects(elements: tuple[Element, ...]) -> Iterator[Rect]:
    return (element for element in elements if isinstance(element, Rect))


@pytest.mark.parametrize(
    ("mixer", "named"),
    [("short_convolution: {conv_L_cache: 3}", "mixer"), ("multi_head: {num_attention_heads: 2}", "attention")],
)
def test_one_norm_beside_several_mixers_is_one_box(mixer: str, named: str) -> None:
    """Some layers have it beside attention and some beside another mixer: it is no alternative of itself."""
    decoder = "decoder: {placement: sandwich, feed_forward: {gelu: {intermediate_size: 64}}, attention: {MIXER}}"
    layers = (decoder.replace("MIXER", one) for one in ("multi_head: {num_attention_heads: 4}", mixer))
    stack = ", ".join(f"{{{layer}}}" for layer in layers)
    frame = f"stack: {{num_hidden_layers: 8, pattern: [{stack}]}}"
    model = Model.from_text(f"name: X\nhidden_size: 64\nvocab_size: 256\nlayers: [embedding, {{{frame}}}]")
    plate = picture(model.spec, model.block)
    norms = [box.label for box in boxes(plate.column) if box.label.endswith(("attention RMSNorm", "mixer RMSNorm"))]
    assert norms == [f"Pre-{named} RMSNorm", f"Post-{named} RMSNorm"]
    assert not plate.undrawn

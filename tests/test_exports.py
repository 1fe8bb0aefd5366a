"""Files of draw.io and Mermaid: the blocks, words and lines of the picture, joined as they are there.

``tests/verify_exports.py`` opens them in the programs themselves.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from html import unescape

import pytest

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.provenance import found_in, marked
from archdraw.scene import Circle, Group, Line, Polygon, Rect, Scene, Text, bounds, groups_of
from archdraw.writers import write
from archdraw.writers._parts import NEAR, Parts, parts_of
from shipped import plate

NAMES = ("llama-3-8b", "gemma-3-27b", "deepseek-v3", "whisper-large-v3", "kimi-k3", "u-net")
MARKUP = re.compile(r"<[^>]*>")


@dataclass
class Cell:
    """A cell of a drawing; ``place`` is absolute: left, top, width and height, or the points of a line."""

    id: str
    label: str
    style: str
    parent: str
    place: list[float]
    points: list[tuple[float, float]]
    ends: tuple[str, str]
    data: dict[str, str]


@cache
def drawing(name: str, theme: str = "light") -> dict[str, Cell]:
    return cells(plate(name, theme))


def cells(scene: Scene) -> dict[str, Cell]:
    """The cells of the drawing of ``scene``, as draw.io understands them: places are those in the parent."""
    root = ET.fromstring(write(scene, "drawio")).find("diagram/mxGraphModel/root")
    assert root is not None
    found: dict[str, Cell] = {"0": Cell("0", "", "", "", [0, 0, 0, 0], [], ("", ""), {})}
    for element in list(root)[1:]:
        cell = element if element.tag == "mxCell" else element.find("mxCell")
        assert cell is not None
        name, parent = element.attrib["id"], cell.attrib["parent"]
        assert name not in found, "an id is there twice"
        start = found[parent].place  # a parent comes before what is in it
        geometry = cell.find("mxGeometry")
        numbers = (
            [float(geometry.attrib.get(key, 0)) for key in ("x", "y", "width", "height")]
            if geometry is not None
            else [0.0] * 4
        )
        points = [] if geometry is None else list(_points(geometry, start))
        found[name] = Cell(
            name,
            element.get("label", element.get("value", "")),
            cell.attrib.get("style", ""),
            parent,
            [numbers[0] + start[0], numbers[1] + start[1], *numbers[2:]],
            points,
            (cell.get("source", ""), cell.get("target", "")),
            dict(element.attrib),
        )
    return found


def _points(geometry: ET.Element, start: list[float]) -> Iterator[tuple[float, float]]:
    first, last = (geometry.find(f"mxPoint[@as='{side}Point']") for side in ("source", "target"))
    if first is None or last is None:
        return
    for point in (first, *geometry.iterfind("Array/mxPoint"), last):
        yield float(point.attrib["x"]) + start[0], float(point.attrib["y"]) + start[1]


def words(scene: Scene) -> list[str]:
    return sorted(shape.text for shape in scene.shapes() if isinstance(shape, Text) and shape.text.strip())


def blocks(scene: Scene) -> list[Group]:
    """The blocks of a model and of its panels, each with the box or disc that it is."""
    sections = [one for one in scene.children if isinstance(one, Group) and one.role in ("model", "panel")]
    found = [one for one in groups_of(tuple(sections)) if one.role not in ("", "letter")]
    return [one for one in found if getattr(one.children[0], "kind", "") in ("box", "node")]


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_a_shape_in_its_place(name: str) -> None:
    drawn = [one for one in drawing(name).values() if one.data.get("role")]
    for block in blocks(plate(name)):
        left, top, right, bottom = bounds(block.children[:1])
        there = [one for one in drawn if one.place == pytest.approx([left, top, right - left, bottom - top], abs=0.02)]
        assert [one.data["role"] for one in there] == [block.role]
        assert there[0].data.get("path", "") == block.path


@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_there_once(name: str) -> None:
    labels = [one.label for one in drawing(name).values() if one.parent != "0"]
    lines = [unescape(MARKUP.sub("", line)) for label in labels for line in label.split("<br>")]
    assert sorted(line for line in lines if line) == words(plate(name))


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_joined_to_what_they_end_at(name: str) -> None:
    drawn = drawing(name)
    joined = 0
    for line in (one for one in drawn.values() if any(one.ends)):
        for end, point, word in zip(line.ends, (line.points[0], line.points[-1]), ("exit", "entry"), strict=True):
            if not end:
                continue
            x, y, wide, high = drawn[end].place
            share = [float(found[1]) for axis in "XY" if (found := re.search(rf"{word}{axis}=([\d.]+);", line.style))]
            # Where draw.io takes the end of a joined line from is where it stands in the picture.
            assert (x + share[0] * wide, y + share[1] * high) == pytest.approx(point, abs=NEAR)
            joined += 1
    edges = [one for one in plate(name).shapes() if isinstance(one, Line) and one.kind == "edge"]
    assert joined >= sum((one.open_ends in ("", "end")) + (one.open_ends in ("", "start")) for one in edges)


@pytest.mark.parametrize("name", NAMES)
def test_only_open_ends_are_loose(name: str) -> None:
    """A line that is joined to nothing would stay behind where a block is moved."""
    for wire in parts_of(plate(name)).wires:
        if wire.line.kind == "edge":
            begins, stops = wire.points[0] == wire.line.points[0], wire.points[-1] == wire.line.points[-1]
            assert wire.source or (begins and (wire.line.open_ends in ("start", "both") or not wire.line.start))
            # One that joins another line on its way ends on that.
            assert wire.target or (
                stops and (wire.line.open_ends in ("end", "both") or _is_on_a_line(name, wire.points[-1]))
            )


def _is_on_a_line(name: str, point: tuple[float, float]) -> bool:
    for line in plate(name).shapes():
        if isinstance(line, Line):
            for (left, top), (right, bottom) in zip(line.points, line.points[1:], strict=False):
                if min(left, right) <= point[0] <= max(left, right) and min(top, bottom) <= point[1] <= max(
                    top, bottom
                ):
                    return True
    return False


@pytest.mark.parametrize("direction", ["", "right"])
def test_only_lines_between_two_things_are_led_by_draw_io(direction: str) -> None:
    """It leads one with a loose end, or from the border of what is around it, out of its way."""
    scene = archdraw.load("gemma-3-27b").scene("slide", direction=direction)
    led = [one for one in cells(scene).values() if "orthogonalEdgeStyle" in one.style]
    assert led
    assert all(all(one.ends) and one.parent not in one.ends for one in led)


def test_what_is_in_a_frame_or_a_panel_moves_with_it() -> None:
    drawn = drawing("llama-3-8b")

    def around(cell: Cell) -> list[str]:
        return [] if cell.parent == "0" else [cell.parent, *around(drawn[cell.parent])]

    frame = next(one.id for one in drawn.values() if one.data.get("role") == "frame")
    panel = next(one.id for one in drawn.values() if one.data.get("panel") == "B")
    by_path = {one.data["path"]: one for one in drawn.values() if "path" in one.data}
    for path in ("layers/layer/mlp", "layers/layer/self_attn", "add-1"):
        assert frame in around(by_path[path])
    for path in ("embed_tokens", "norm", "tokens"):
        assert frame not in around(by_path[path])
    inside = [one for path, one in by_path.items() if path.startswith("layers/layer/self_attn/")]
    assert len(inside) >= 5
    assert all(panel in around(one) for one in inside)
    # So does the line of a residual, whose two ends are there.
    lines = [one for one in drawn.values() if by_path["add-1"].id in one.ends]
    assert {frame in around(one) for one in lines} == {True}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_theme(theme: str) -> None:
    scene = plate("gemma-3-27b", theme)
    file = write(scene, "drawio").decode()
    assert set(re.findall("#[0-9A-F]{6}", file)) <= set(scene.palette.values())
    assert f'background="{scene.colour(scene.background or "")}"' in file
    by_path = {one.data.get("path"): one for one in drawing("gemma-3-27b", theme).values()}
    assert f"fillColor={scene.colour('embedding.fill')}" in by_path["embed_tokens"].style


def test_words_of_a_box_are_its_label() -> None:
    box = next(one for one in drawing("llama-3-8b").values() if one.data.get("path") == "layers/layer/self_attn")
    first, second = box.label.split("<br>")
    assert first == "Grouped-query attention"
    assert MARKUP.sub("", second) == "32 query / 8 KV heads, dim 128"
    assert "font-size: 16px" in second
    assert "fontSize=20" in box.style
    assert box.data["tooltip"].startswith("Grouped-query attention: 32 query / 8 KV heads, dim 128")


def label(x: float, y: float, text: str) -> Text:
    return Text(x, y, text, 16, 500, "#111111", 60, "middle")


def two_blocks(*texts: str, title: str = "t", href: str = "") -> Scene:
    """Two blocks above each other, a line between them, and one that leaves it at a dot for the second, too."""
    below = Group(
        (Rect(10, 100, 80, 30, fill="#EEEEEE"), *(label(50, 120, text) for text in texts)), "a/b", title, href, "x"
    )
    above = Group((Rect(10, 10, 80, 30, fill="#EEEEEE"), label(50, 30, "above")), "a/c", role="x")
    way = Line(((50, 100), (50, 40)), "#111111", head=9, start="a/b", end="a/c")
    around = Line(((50, 70), (5, 70), (5, 25), (10, 25)), "#111111", head=9, start="a/b", end="a/c", radius=8)
    model = Group((way, around, Circle(50, 70, 3, fill="#111111", kind="dot"), below, above), role="model")
    return Scene(100, 140, title, "d", "#FFFFFF", (model,))


def test_a_line_is_parted_where_another_leaves_it() -> None:
    drawn = cells(two_blocks("below"))
    dot = next(one.id for one in drawn.values() if one.id.startswith("dot"))
    block = {one.data["path"]: one.id for one in drawn.values() if "path" in one.data}
    ends = sorted(one.ends for one in drawn.values() if any(one.ends))
    assert ends == sorted([(block["a/b"], dot), (dot, block["a/c"]), (dot, block["a/c"])])
    heads = [one for one in drawn.values() if "endArrow=block" in one.style]
    assert {one.ends for one in heads} == {(dot, block["a/c"])}


def test_a_dot_at_the_end_of_a_line_to_a_panel_is_part_of_the_line() -> None:
    drawn = drawing("llama-3-8b")
    assert sum("Arrow=oval" in one.style for one in drawn.values()) == 4  # two letters: at the block and at the panel
    dots = [one for one in drawn.values() if one.id.startswith("dot")]
    used = {end for one in drawn.values() for end in one.ends}
    assert dots
    assert {one.id for one in dots} <= used


def test_hostile_texts_stay_texts() -> None:
    evil = '"><script>alert(1)</script>&amp;\x00'
    file = write(two_blocks(evil, title=evil), "drawio")
    root = ET.fromstring(file)
    assert "script" not in {element.tag for element in root.iter()}
    box = next(element for element in root.iter("object") if element.get("path") == "a/b")
    # A label is HTML: once more escaped, its words are text.
    assert unescape(box.attrib["label"]) == evil.replace("\x00", " ")
    assert "<script" not in box.attrib["label"]
    with pytest.raises(ArchdrawError, match="a link begins with"):
        write(two_blocks("x", href="javascript:alert(1)"), "drawio")
    assert (
        'link="https://example.org/?a=1&amp;b"'
        in write(two_blocks("x", href="https://example.org/?a=1&b"), "drawio").decode()
    )


def test_a_drawing_takes_a_scale() -> None:
    whole, half = (ET.fromstring(write(two_blocks("below"), "drawio", scale=scale)) for scale in (1, 0.5))
    sizes = [[float(one.get("width", 0)) for one in root.iter("mxGeometry")] for root in (whole, half)]
    assert [size / 2 for size in sizes[0]] == sizes[1]
    assert "fontSize=8;" in ET.tostring(half).decode()


def test_figures_stand_where_they_were() -> None:
    rect = Rect(4, 4, 2, 2, fill="#222222", kind="mark", dash=(2, 1))
    inner = Group(
        (rect, Polygon(((0, 0), (4, 0), (0, 4)), "#333333"), Line(((0, 9), (9, 9)), "#111111", kind="rule")),
        title="two",
    )
    drawn = cells(Scene(20, 20, "t", "d", None, (Group((inner, label(9, 19, "w")), role="facts"),)))
    mark = next(one for one in drawn.values() if one.id.startswith("mark"))
    assert mark.place == [4, 4, 2, 2]
    assert "dashPattern=2 1" in mark.style
    polygon = next(one for one in drawn.values() if "polyCoords" in one.style)
    assert "polyCoords=[[0.0,0.0],[1.0,0.0],[0.0,1.0]]" in polygon.style
    assert next(one for one in drawn.values() if one.points).points == [(0, 9), (9, 9)]


@pytest.mark.parametrize("format", ["drawio", "mermaid"])
def test_the_same_bytes_and_what_they_were_drawn_of(format: str) -> None:
    scene = marked(plate("gpt-2"), {"gpt-2": "0"}, {}, command='archdraw render "gpt-2" & more')
    assert write(scene, format) == write(scene, format)
    assert dict(found_in(write(scene, format)) or {}) == scene.metadata
    assert b"archdraw render" not in write(replace(scene, metadata={}), format)


# Mermaid.


@dataclass
class Flowchart:
    """What a text of Mermaid says: labels of nodes, members of subgraphs, and edges."""

    labels: dict[str, str]
    subgraphs: dict[str, str]
    parents: dict[str, str]
    edges: list[tuple[str, str]]
    classes: dict[str, str]


NODE = re.compile(r'(\w+)(?:\["(.*)"\]|\(\["(.*)"\]\)|\(\("(.*)"\)\)|\(\[(in)\]\))')


def flowchart(scene: Scene) -> Flowchart:
    """The text of ``scene``, read by rules that know no more than what the writer may use."""
    made = Flowchart({}, {}, {}, [], {})
    lines = write(scene, "mermaid").decode().splitlines()
    assert lines[0] == "---"
    body = lines[lines.index("---", 1) + 1 :]
    assert body[0].startswith("flowchart ")
    around: list[str] = []
    for line in map(str.strip, body[1:]):
        if line.startswith("%%") or line == "direction BT":
            continue
        if found := re.fullmatch(r'subgraph (\w+)\["(.*)"\]', line):
            made.subgraphs[found[1]] = _read(found[2])
            made.parents[found[1]] = around[-1] if around else ""
            around.append(found[1])
        elif line == "end":
            around.pop()
        elif found := NODE.fullmatch(line):
            assert found[1] not in made.labels
            made.labels[found[1]] = _read(next(filter(None, found.groups()[1:]), ""))
            made.parents[found[1]] = around[-1] if around else ""
        elif found := re.fullmatch(r"(\w+) (?:-->|-\.->) (\w+)", line):
            made.edges.append((found[1], found[2]))
        elif found := re.fullmatch(r"class ([\w,]+) (\w+)", line):
            made.classes |= dict.fromkeys(found[1].split(","), found[2])
        else:
            assert re.fullmatch(r"classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6},stroke-width:[\d.]+px", line), (
                line
            )
    assert not around
    return made


def _read(label: str) -> str:
    """A label as Mermaid shows it."""
    assert not re.search(r"[<>\"`*&]", label.replace("<br>", ""))
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label)


@pytest.mark.parametrize("name", NAMES)
def test_mermaid_has_every_block_and_joins_only_those(name: str) -> None:
    chart, scene = flowchart(plate(name)), plate(name)
    assert len([one for one in chart.labels if chart.labels[one] != "in"]) == len(blocks(scene))
    assert {end for edge in chart.edges for end in edge} <= set(chart.labels)
    assert len(set(chart.edges)) == len(chart.edges)
    assert set(chart.classes) == {one for one in chart.labels if chart.labels[one] != "in"}
    titles = {one.title for one in groups_of(scene.children) if one.role == "frame"}
    assert titles <= set(chart.subgraphs.values())
    for block in blocks(scene):
        texts = [
            one.text.replace("\xa0", " ") for one in block.children if isinstance(one, Text) and one.anchor == "middle"
        ]
        assert any(all(text in shown for text in texts) for shown in chart.labels.values())


def test_mermaid_of_llama() -> None:
    """The edges of the column, those of residuals too, by names of checkpoints."""
    chart = flowchart(plate("llama-3-8b"))
    column = [edge for edge in chart.edges if chart.parents[edge[1]] not in ("A", "B")]
    assert column == [
        ("tokens", "embed_tokens"),
        ("embed_tokens", "input_layernorm"),
        ("embed_tokens", "add_1"),
        ("input_layernorm", "self_attn"),
        ("position", "self_attn"),
        ("self_attn", "add_1"),
        ("add_1", "post_attention_layernorm"),
        ("add_1", "add_2"),
        ("post_attention_layernorm", "mlp"),
        ("mlp", "add_2"),
        ("add_2", "norm"),
        ("norm", "lm_head"),
    ]
    assert chart.subgraphs == {"stack": "32 layers", "A": "A: SwiGLU FFN", "B": "B: Grouped-query attention"}
    assert chart.labels["self_attn"] == "Grouped-query attention (B)<br>32 query / 8 KV heads, dim 128"
    assert [edge for edge in chart.edges if edge[0] == "in"] == [("in", "gate_proj"), ("in", "up_proj")]
    assert [edge for edge in chart.edges if edge[0] == "in_2"] == [("in_2", f"{one}_proj") for one in "qkv"]
    assert chart.classes["mlp"] == "feed_forward"


def test_a_line_to_a_choice_leads_to_all_that_stand_there() -> None:
    chart = flowchart(plate("gemma-3-27b"))
    choice = next(name for name, title in chart.subgraphs.items() if "of 62 layers" in title)
    members = [name for name, parent in chart.parents.items() if parent == choice]
    assert len(members) == 2
    for name in members:
        into = [edge[0] for edge in chart.edges if edge[1] == name]
        # Its own chips, and what both come from.
        assert sorted(chart.labels[one].partition(",")[0] for one in into) == [
            "Pre-attention RMSNorm",
            "QK-norm",
            "RoPE",
        ]


def test_lines_through_bars_lead_to_blocks() -> None:
    """Two streams begin at a bar below the layers of Kimi K3, and end at one above them."""
    edges = flowchart(plate("kimi-k3")).edges
    assert {("layer_dense", "new_block"), ("new_block", "self_attention_res")} <= {*edges}
    assert ("add_2", "output_attn_res") in edges


@pytest.mark.parametrize(
    "text",
    ['say "x"', "a < b > c & d", "`code`", "*a* _b_", "1. list", "- list", "+ list", "# 5; end", "a|b[c]{d}", "end"],
)
def test_labels_of_mermaid_are_words(text: str) -> None:
    chart = flowchart(two_blocks(text, title=text))
    assert text in chart.labels.values()


def test_names_of_mermaid_are_no_words_of_it() -> None:
    scene = two_blocks("below")
    model = scene.children[0]
    assert isinstance(model, Group)
    named = replace(
        model,
        children=tuple(
            replace(one, path="x/end" if one.path == "a/b" else "9/9") if isinstance(one, Group) else one
            for one in model.children
        ),
    )
    assert set(flowchart(replace(scene, children=(named,))).labels) == {"b_end", "b_9"}


def test_a_chart_is_no_flowchart() -> None:
    with pytest.raises(ArchdrawError, match="no blocks with lines"):
        write(archdraw.scale("gpt-2", "llama-3-8b").scene(), "mermaid")


def test_lineage_is_read_to_the_right() -> None:
    text = write(archdraw.lineage("llama-1-7b", "llama-2-7b", "llama-3-8b").scene(), "mermaid").decode()
    assert "flowchart LR" in text
    assert "llama_1_7b --> llama_2_7b" in text


# Parts.


def test_a_part_is_in_the_smallest_container() -> None:
    for name in NAMES:
        picture: Parts = parts_of(plate(name))
        containers = [one for one in picture.parts if one.kind == "container"]
        for part in picture.parts:
            x, y = (part.place[0] + part.place[2]) / 2, (part.place[1] + part.place[3]) / 2
            around = [
                c for c in containers if c is not part and c.place[0] < x < c.place[2] and c.place[1] < y < c.place[3]
            ]
            if part.kind == "block" and around:
                smallest = min(around, key=lambda c: (c.place[2] - c.place[0]) * (c.place[3] - c.place[1]))
                assert part.parent is smallest, part.path

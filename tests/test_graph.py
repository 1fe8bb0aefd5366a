"""Graphs of blocks: what they count, what they refuse, and that their pictures are clear."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from graphviz.backend import dot_command
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw import load
from archdraw.edges import Edge
from archdraw.errors import ArchdrawError, InputError
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.buses import BRIDGE
from archdraw.layout.diagram.measures import INSET, SPINE, Measures
from archdraw.layout.diagram.ranks import arranged, binaries
from archdraw.lint.faults import faults
from archdraw.picture import Box, Chip, ExpertGrid, Graph
from archdraw.scene import Circle, Line, Rect, Scene, groups_of
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree import blocks
from archdraw.tree.blocks import Experts, Leaf, Module, linear
from archdraw.tree.description import describe
from archdraw.tree.facts import combined, facts
from archdraw.tree.walks import children, leaves, walk

HEAD = "name: Tiny\ncontext_length: 64\nhidden_size: 256\nvocab_size: 128\nlayers:\n  - embedding\n"
DOCUMENTED = next(
    example
    for example in re.findall(
        r"^```yaml\n(.*?)^```", (Path(__file__).parents[1] / "docs" / "spec.md").read_text("utf-8"), re.M | re.S
    )
    if "latent_experts:" in example
)
LATENT = (
    "name: Latent\ncontext_length: 64\nhidden_size: 2048\nvocab_size: 128\n"
    f"{DOCUMENTED}layers:\n  - embedding\n  - decoder: {{times: 4, feed_forward: latent_experts}}\n"
)


def made(text: str) -> blocks.Graph:
    """The only graph of a spec."""
    (graph,) = (block for _, block in walk(expand(parse_spec(text))) if isinstance(block, blocks.Graph))
    return graph


def refused(nodes: str, edges: str, more: str = "") -> list[str]:
    """What is wrong with a graph: place and message of each problem, and its hint where it has one."""
    text = f"{HEAD}  - layer:\n      graph:\n        nodes: {nodes}\n        edges: {edges}\n{more}"
    with pytest.raises(InputError) as told:
        expand(parse_spec(text))
    return [
        f"{problem.span.line}:{problem.span.column}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
        for problem in told.value.problems
    ]


def test_a_graph_counts_as_its_nodes_together() -> None:
    graph = made(LATENT)
    total = facts(blocks.LINE)
    for node in children(graph):
        total = combined(total, facts(node))
    assert facts(graph) == total
    expert = 3 * 512 * 768
    assert facts(graph).total_parameters == 2048 * 128 + 2 * 2048 * 512 + 128 * expert + 3 * 2048 * 1536
    assert facts(graph).total_parameters - facts(graph).active_parameters == 120 * expert


def test_nodes_stand_in_the_order_of_the_flow_under_their_names() -> None:
    graph = made(
        HEAD + "  - layer: {graph: {nodes: {b: {linear: 256}, a: {op: SiLU}}, edges: [[input, a, b, output]]}}\n"
    )
    assert [name for name, _ in graph.nodes] == ["a", "b"]
    assert [(leaf.name, describe(leaf).label) for leaf in leaves(graph)] == [("a", "SiLU"), ("b", "b 256")]
    assert graph.edges == (("input", "a"), ("a", "b"), ("b", "output"))


def test_a_node_of_several_boxes_becomes_a_module() -> None:
    graph = made(
        HEAD
        + "  - layer: {graph: {nodes: {far_memory: [{linear: 64}, {linear: 256}], own: {op: {label: x, name: mine}}}, "
        "edges: [[input, far_memory, own, output]]}}\n"
    )
    module, own = children(graph)
    assert isinstance(module, Module)
    assert (module.name, module.label, facts(module).total_parameters) == ("far_memory", "Far memory", 2 * 64 * 256)
    assert isinstance(own, Leaf)
    assert own.name == "mine"
    experts = next(node for name, node in made(LATENT).nodes if name == "experts")
    assert isinstance(experts, Experts)
    assert isinstance(experts.body, Module)
    assert experts.body.name == "experts"


def test_widths_follow_the_edges() -> None:
    inner = "{graph: {nodes: {half: {linear: 128}}, edges: [[input, half, output]]}}"
    text = f"  - layer: [{inner}, {{linear: {{features: 256, name: back}}}}]\n"
    back = next(leaf for leaf in leaves(expand(parse_spec(HEAD + text))) if leaf.name == "back")
    assert back.weights == linear("back", "", 128, 256).weights


ONE = "{a: {op: x}}"
HEADS = "add head_dim where a head is not hidden_size / num_attention_heads wide"
TWO = "{a: {op: x}, b: {op: y}}"
ERRORS: list[tuple[str, str, list[str]]] = [
    ("{router: {op: x}}", "[[input, ruoter, output]]", [
        "10:25: no node is called ruoter (did you mean router?)"]),
    (ONE, "[[input, a, zebra]]", ["10:28: no node is called zebra (the nodes are a)"]),
    (TWO, "[[input, a, b, a], [b, output]]", [
        "10:31: edges lead in a circle: a -> b -> a (where a reads the step before: back: [[b, a]])"]),
    (ONE, "[[input, a, output], [a, a]]", [
        "10:41: edges lead in a circle: a -> a (where a reads the step before: back: [[a, a]])"]),
    (TWO, "[[input, a, output], [b, a]]", ["9:32: nothing leads from input to b (add an edge to it)"]),
    (TWO, "[[input, a, output], [a, b]]", ["9:32: b does not lead to output (add an edge from it)"]),
    ("{a: {op: x}, b: {op: y}, c: {op: z}}", "[[input, a, output], [input, b], [c, a]]", [
        "9:32: b does not lead to output (add an edge from it)",
        "9:44: nothing leads from input to c (add an edge to it)"]),
    (TWO, "[[a, b, output]]", [
        "9:20: nothing leads from input to a (add an edge to it)",
        "9:32: nothing leads from input to b (add an edge to it)"]),
    (TWO, "[[input, a, b]]", ["10:16: no edge leads to output"]),
    (TWO, "[[input, a, output], [input, b, output.a]]", [
        "10:48: two lines called a leave (name each: [..., output.NAME])"]),
    ("{}", "[[input, output]]", ["9:16: a graph needs at least one node"]),
    (ONE, "[[input, a, output], [input, a]]", ["10:45: an edge leads from input to a twice"]),
    (ONE, "[[input, a, input], [output, a]]", [
        "10:28: no edge can lead to input", "10:37: no edge can start at output"]),
    ("{input: {op: x}}", "[[input, output]]", ["9:24: input is the line that comes in and cannot be a node"]),
    ("{a b: {op: x}}", "[[input, output]]", ['9:16: "a b" cannot name a node (use letters, digits, - and _)']),
    (ONE, "[[input]]", ["10:17: entry 1 of edges must be a list of 2 or more, not a list"]),
    ("{a: {op: {label: x, inputs: 2}}}", "[[input, a, output]]", ["9:20: a takes 2 lines, but 1 edge leads to it"]),
    ("{a: {op: {label: x, outputs: [p, q]}}}", "[[input, a, output]]", [
        "10:28: a leaves 2 lines: p, q (say which: a.p or a.q)"]),
    ("{a: {linear: 8}, b: {op: +}}", "[[input, a, b, output], [input, b]]", [
        "9:36: b gets lines of 8 (from a) and 256 (from input) features (say which it reads: widths: {b: 256})"]),
    ("{a: {multi_head: {num_attention_heads: 7}}, b: {multi_head: {num_attention_heads: 9}}}",
     "[[input, a, b, output]]", [
        f"9:55: num_attention_heads 7 does not divide hidden_size 256 ({HEADS})",
        f"9:98: num_attention_heads 9 does not divide hidden_size 256 ({HEADS})"]),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "edges", "expected"), ERRORS, ids=[errors[0] for _, _, errors in ERRORS])
def test_what_is_no_graph_is_refused_at_its_place(nodes: str, edges: str, expected: list[str]) -> None:
    assert refused(nodes, edges) == expected


def test_a_width_of_no_node_is_refused() -> None:
    assert refused(ONE, "[[input, a, output]]", "        widths: {aa: 3}\n") == [
        "11:22: no node is called aa (did you mean a?)"
    ]


Edges = list[tuple[str, str]]


def ways(*texts: str) -> Edges:
    """Edges from ``input a b`` and the like."""
    return [edge for text in texts for edge in zip(text.split(), text.split()[1:], strict=False)]


SHAPES: dict[str, Edges] = {
    "line": ways("input a b output"),
    "diamond": ways("input a c output", "input b c"),
    "skip": ways("input a b c output", "input c"),
    "skip within": ways("input a b c d output", "a d", "input c"),
    "two into one": ways("input a c d output", "input b c", "a d"),
    "sum": ways("input a b + output", "input +"),
    "three into a sum": ways("input a + output", "input b c +", "input d +"),
    "latent experts": ways("input router experts", "input down experts up + output", "input shared +"),
    "crossing": ways("input a c e output", "input b d e", "a d", "b c"),
    "lattice": ways("input a d g output", "input b e g", "input c f g", "a e", "a f", "b d", "b f", "c d", "c e"),
    "product": ways("input gate × + output", "input up ×", "input +"),
}


def drawn(edges: Edges, looks: Mapping[str, Box], measures: Measures = INSET) -> Scene:
    """The picture of a graph alone."""
    names = list(dict.fromkeys(name for edge in edges for name in edge if name not in ("input", "output")))
    nodes = tuple(looks.get(name) or Box(name, name if name in "+×" else f"box {name}") for name in names)
    graph = Graph(tuple((node.path, node) for node in nodes), tuple(Edge(*edge) for edge in edges))
    cell = diagram.place(graph, (0.0,), (), measures)
    canvas = Canvas(load_theme("light"), 0)
    x, bottom = 40 - cell.left, cell.length + 60
    canvas.line((x, bottom + 30), (x, bottom), arrow=cell.arrows[0], open_ends="start")
    cell.paint(canvas, x, bottom)
    canvas.line((x + cell.outputs[0], 60), (x + cell.outputs[0], 30), arrow=True, open_ends="end")
    return canvas.scene(cell.width + 80, cell.length + 120, "graph", "graph")


def doubled(scene: Scene) -> list[str]:
    """Lines that run along each other, nearer than a reader can tell apart."""
    shapes = [shape for shape in scene.shapes() if isinstance(shape, Line)]
    pieces = [
        (number, min(start, end), max(start, end))
        for number, line in enumerate(shapes)
        if line.kind == "edge"
        for start, end in pairwise(line.points)
    ]
    found = []
    for (one, (x, y), (right, bottom)), (other, (left, top), (end, low)) in combinations(pieces, 2):
        if one == other or shapes[one].points[0] == shapes[other].points[0]:
            continue  # a line that forks
        if x == right and left == end and abs(x - left) < 8 and min(bottom, low) - max(y, top) > 4:
            found.append(f"upright at {x:g},{max(y, top):g}")
        if y == bottom and top == low and abs(y - top) < 8 and min(right, end) - max(x, left) > 4:
            found.append(f"level at {max(x, left):g},{y:g}")
    return found


def heads(scene: Scene) -> int:
    return sum(isinstance(shape, Line) and shape.head > 0 for shape in scene.shapes())


LOOKS = {
    "experts": Box("experts", "", figure=ExpertGrid(64, 6)),
    "shared": Box("shared", "SwiGLU feed forward", "4,096 to 2,816 to 4,096", chips=(Chip("gate", "norm"),)),
}


@pytest.mark.parametrize("measures", [INSET, SPINE], ids=["inset", "spine"])
@pytest.mark.parametrize("shape", SHAPES)
def test_graphs_are_drawn_without_fault(shape: str, measures: Measures) -> None:
    scene = drawn(SHAPES[shape], LOOKS, measures)
    assert faults(scene) == []
    assert doubled(scene) == []
    chips = sum(len(look.chips) for name, look in LOOKS.items() if any(name in edge for edge in SHAPES[shape]))
    assert heads(scene) == len(SHAPES[shape]) + chips, "one arrow for each edge"


def test_lines_cross_only_where_they_must_and_then_one_is_interrupted() -> None:
    def interrupted(shape: str) -> bool:
        lines = [part.points for part in drawn(SHAPES[shape], LOOKS).shapes() if isinstance(part, Line)]
        return any(
            one[-1][1] == other[0][1] and abs(abs(one[-1][0] - other[0][0]) - 2 * BRIDGE) < 0.1
            for one in lines
            for other in lines
        )

    assert {shape for shape in SHAPES if interrupted(shape)} == {"crossing", "lattice"}


def test_a_branched_line_has_a_dot_where_it_branches() -> None:
    dots = [
        shape for shape in drawn(SHAPES["skip"], LOOKS).shapes() if isinstance(shape, Circle) and shape.kind == "dot"
    ]
    assert len(dots) == 1


def test_nothing_stands_right_of_experts_that_are_opened() -> None:
    for order in (
        SHAPES["latent experts"],
        ways("input shared +", "input down experts up + output", "input router experts"),
    ):
        scene = drawn(order, LOOKS)
        grid = next(part for part in groups_of(scene.children) if part.path == "experts").children[0]
        assert isinstance(grid, Rect)
        middle = grid.y + grid.height / 2
        for line in (shape for shape in scene.shapes() if isinstance(shape, Line) and shape.kind == "edge"):
            for (x, start), (_, end) in zip(line.points, line.points[1:], strict=False):
                assert x < grid.right or not min(start, end) < middle < max(start, end)


@st.composite
def graphs(draw: st.DrawFn) -> Edges:
    """A graph in which every node is on a way from the input to the output."""
    number = draw(st.integers(1, 7))
    names = ["input", *(f"n{index}" for index in range(number))]
    edges: Edges = []
    for index in range(1, len(names)):
        starts = draw(st.lists(st.sampled_from(names[:index]), min_size=1, max_size=3, unique=True))
        edges += [(start, names[index]) for start in starts]
    last = [name for name in names if name not in {start for start, _ in edges}]
    if len(last) == 1:
        return [*edges, (last[0], "output")]
    return [*edges, *((name, "join") for name in last), ("join", "output")]


@settings(max_examples=40, deadline=None)
@given(graphs(), st.sampled_from([1, 12, 30]))
def test_any_small_graph_is_drawn_without_fault(edges: Edges, length: int) -> None:
    looks = {name: Box(name, (name * length)[: length + 1]) for name in ("n1", "n3", "n4")}
    scene = drawn(edges, looks)
    assert [str(fault) for fault in faults(scene)] + doubled(scene) == []
    assert heads(scene) == len(edges)


def test_both_programs_say_the_same() -> None:
    (*_, pure) = known = binaries()
    assert pure.stem == "graphviz-pure", "it is installed with archdraw"
    for edges in SHAPES.values():
        inner = tuple(Edge(*edge) for edge in edges if edge[1] != "output")
        names = tuple(dict.fromkeys(name for edge in inner for name in (edge.start, edge.end)))
        assert len({arranged(names, inner, binary=binary) for binary in known}) == 1


def test_the_picture_is_the_same_on_every_run(tmp_path: Path) -> None:
    spec = tmp_path / "tiny.yaml"
    spec.write_text(LATENT, "utf-8")
    program = f"import archdraw; print(archdraw.load({str(spec)!r}).svg(view='inset:latent_mixture_of_experts'))"
    texts = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
        )
        texts.add(done.stdout)
    (text,) = texts
    assert "shared" in text


def test_a_whole_plate_with_a_graph_is_without_fault(tmp_path: Path) -> None:
    spec = tmp_path / "tiny.yaml"
    spec.write_text(LATENT, "utf-8")
    scene = load(spec).scene()
    assert faults(scene) == []
    boxes = {part.path.rpartition("/")[2] for part in groups_of(scene.children)}
    assert boxes >= {"router", "down", "experts", "up", "shared"}


def test_without_graphviz_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # what was found on a path is kept
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ArchdrawError, match=r"^a graph needs Graphviz: install it, or pip install graphviz-pure$"):
        arranged(("a", "b"), (Edge("a", "b"),))


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    with pytest.raises(ArchdrawError, match=rf"^{re.escape(str(missing))} cannot be run: No such file or directory$"):
        arranged(("a", "b"), (Edge("a", "b"),), binary=missing)
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no memory >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(ArchdrawError, match=rf"^{re.escape(str(broken))} cannot lay out a graph: no memory$"):
        arranged(("a", "b"), (Edge("a", "b"),), binary=broken)


def test_the_program_of_others_that_use_graphviz_stays_theirs() -> None:
    before = dot_command.DOT_BINARY
    arranged(("a", "b", "only here"), (Edge("a", "b"), Edge("b", "only here")))
    assert before == dot_command.DOT_BINARY


def test_a_circle_has_no_rows() -> None:
    with pytest.raises(ValueError, match="edges lead in a circle among a, b"):
        arranged(("a", "b"), (Edge("a", "b"), Edge("b", "a")))

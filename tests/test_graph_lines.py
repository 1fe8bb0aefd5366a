"""Lines of graphs: several that leave a node, that come in and go out, that come a step later, and none at all."""

from __future__ import annotations

import pytest

from archdraw.edges import Edge
from archdraw.errors import InputError
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.lint.faults import faults
from archdraw.picture import Box, Chain, Graph
from archdraw.scene import Circle, Line, Rect, Scene, Text
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree import blocks
from archdraw.tree.edges import leading_to
from archdraw.tree.facts import facts
from archdraw.tree.walks import entries, inputs, outputs, walk
from archdraw.views.diagrams import diagram as drawn_block
from test_graph import doubled, heads

HEAD = "name: Tiny\ncontext_length: 64\nhidden_size: 256\nvocab_size: 128\nlayers:\n"
TWO_LINES = "  - parallel: {merge: separate, branches: [{linear: 256}, {linear: 128}]}\n"


def made(graph: str, before: str = "  - embedding\n") -> blocks.Graph:
    """The outermost graph of a layer that comes after what stands ``before`` it."""
    tree = expand(parse_spec(f"{HEAD}{before}  - layer: {{graph: {graph}}}\n"))
    return next(block for _, block in walk(tree) if isinstance(block, blocks.Graph))


def refused(graph: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        made(graph)
    return [
        f"{problem.message} ({problem.hint})" if problem.hint else problem.message for problem in caught.value.problems
    ]


def scene_of(graph: Graph, measures: Measures = INSET) -> Scene:
    gaps = diagram.gaps(graph, (), graph.inputs, measures) if graph.inputs else ()
    ports = tuple(sum(gaps[:index]) for index in range(max(1, graph.inputs)))
    cell = diagram.place(graph, ports, (), measures)
    canvas = Canvas(load_theme("light"), 0)
    x, bottom = 40 - cell.left, cell.length + 60
    if not cell.source:
        for port, arrow in zip(cell.inputs, cell.arrows, strict=True):
            canvas.line((x + port, bottom + 30), (x + port, bottom), arrow=arrow, open_ends="start")
    cell.paint(canvas, x, bottom)
    for port in cell.outputs:
        canvas.line((x + port, 60), (x + port, 30), arrow=True, open_ends="end")
    return canvas.scene(cell.width + 80, cell.length + 120, "graph", "graph")


def wrong(scene: Scene) -> list[str]:
    return [str(fault) for fault in faults(scene)] + doubled(scene)


def words(scene: Scene) -> set[str]:
    return {shape.text for shape in scene.shapes() if isinstance(shape, Text)}


def dashed(scene: Scene) -> list[Line]:
    return [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.dash]


SPLIT = "qkv: {linear: {features: 768, outputs: [query, key, value]}}"
ATTEND = "attend: {op: {label: Attention, inputs: 3}}"


def test_an_edge_follows_one_of_several_lines() -> None:
    graph = made(
        f"{{nodes: {{{SPLIT}, norm: rmsnorm, {ATTEND}}}, edges: [[input, qkv], [qkv.query, norm, attend, output], "
        "[qkv.key, attend], [qkv.value, attend]]}"
    )
    assert leading_to(graph, "attend") == [
        ("norm", "attend", False),
        ("qkv.key", "attend", False),
        ("qkv.value", "attend", False),
    ]
    picture = drawn_block(graph, {id(block): path for path, block in walk(graph)})
    assert isinstance(picture, Graph)
    lines = {(edge.start, edge.end): edge.line for edge in picture.edges if edge.start == "qkv"}
    assert lines == {("qkv", "norm"): 0, ("qkv", "attend"): 2}
    scene = scene_of(picture)
    assert wrong(scene) == []
    assert words(scene) >= {"query", "key", "value"}
    assert heads(scene) == len(graph.edges)


ERRORS = [
    (
        f"{{nodes: {{{SPLIT}, norm: rmsnorm}}, edges: [[input, qkv, norm, output]]}}",
        ["qkv leaves 3 lines: query, key, value (say which: qkv.query or qkv.key or qkv.value)"],
    ),
    (
        f"{{nodes: {{{SPLIT}, norm: rmsnorm}}, edges: [[input, qkv], [qkv.querry, norm, output]]}}",
        [
            "no line that leaves qkv is called querry (did you mean query?)",
        ],
    ),
    (
        f"{{nodes: {{{SPLIT}, sum: {{op: +}}}}, edges: [[input, qkv], [qkv.query, sum, output], [qkv.key, sum]]}}",
        ["the line value that leaves qkv leads nowhere (add an edge from qkv.value)"],
    ),
    (
        "{nodes: {a: rmsnorm}, edges: [[input, a], [a.x, output]]}",
        ["no line that leaves a is called x (write a alone)"],
    ),
    (
        "{nodes: {a: rmsnorm}, edges: [[input.x, a, output]]}",
        ["no line that comes in is called x (name the lines: inputs: [x, ...])"],
    ),
    (
        "{inputs: [x, y], nodes: {a: rmsnorm}, edges: [[input, a, output]]}",
        ["2 lines come in: x, y (say which: input.x or input.y)"],
    ),
    (
        "{inputs: [x, y], nodes: {a: rmsnorm}, edges: [[input.x, a, output]]}",
        ["the line y that comes in leads nowhere (add an edge from input.y)"],
    ),
    (
        "{nodes: {a: rmsnorm, t: {weight: {label: T, inputs: 0, weights: [{shape: [256]}]}}, s: {op: +}}, "
        "edges: [[input, a, s, output], [a, t, s]]}",
        ["t takes no line, but 1 edge leads to it"],
    ),
    (
        "{nodes: {a: rmsnorm, d: {decoder: {times: 2, attention: {multi_head: {num_attention_heads: 4}}, "
        "feed_forward: {gelu: {intermediate_size: 512}}}}}, edges: [[input, a, d, output], [input, d]]}",
        ["d takes 1 line, but 2 edges lead to it (join them in a node before it, such as sum: {op: +})"],
    ),
    (
        "{nodes: {a: rmsnorm}, edges: [[input, a, output]], back: [[a, output]]}",
        ["a line that leads back joins two nodes, output is none"],
    ),
    (
        "{nodes: {a: {op: x}, b: {op: {label: y, inputs: 2}}}, edges: [[input, a, b, output], [input, b.key]]}",
        [
            "some edges name the line of b that they lead to, this one does not",
            "no line that b takes is called key (their order is that of edges)",
        ],
    ),
]


@pytest.mark.parametrize(("graph", "expected"), ERRORS, ids=[expected[0][:50] for _, expected in ERRORS])
def test_lines_that_do_not_fit_are_refused(graph: str, expected: list[str]) -> None:
    assert refused(graph) == expected


TWO_STREAMS = (
    "{inputs: {msa: 256, pair: 128}, nodes: {row: {linear: {features: 256, inputs: 384}}, sum: {op: +}, "
    "outer: {linear: 128}, merge: {op: +}, triangle: {linear: 128}}, widths: {row: 256}, "
    "edges: [[input.msa, row, sum, output.msa], [input.pair, row], [input.msa, sum], "
    "[sum, outer, merge, triangle, output.pair], [input.pair, merge]]}"
)


def test_a_graph_takes_and_leaves_several_lines() -> None:
    graph = made(TWO_STREAMS, TWO_LINES)
    assert (inputs(graph), entries(graph), outputs(graph)) == (2, ("msa", "pair"), ("msa", "pair"))
    outer = dict(graph.nodes)["outer"]
    assert isinstance(outer, blocks.Leaf)
    assert outer.weights[0].shape == (128, 256)
    picture = drawn_block(graph, {id(block): path for path, block in walk(graph)})
    assert isinstance(picture, Graph)
    cell = diagram.place(picture, (0.0, 60.0), (), INSET)
    assert (len(cell.inputs), len(cell.outputs)) == (2, 2)
    scene = scene_of(picture)
    assert wrong(scene) == []
    assert words(scene) >= {"msa", "pair"}


def test_a_graph_of_two_lines_stands_between_others() -> None:
    graph = Graph(
        (("a", Box("a", "a")), ("b", Box("b", "b")), ("s", Box("s", "+"))),
        (
            Edge("input", "a"),
            Edge("input", "b", 1),
            Edge("a", "s"),
            Edge("b", "s"),
            Edge("s", "output"),
            Edge("b", "output"),
        ),
        2,
        ("one", "two"),
    )
    chain = Chain((Box("split", "split", outputs=("one", "two")), graph, Box("join", "join", inputs=2)))
    cell = diagram.place(chain, (0.0,), (), INSET)
    canvas = Canvas(load_theme("light"), 0)
    cell.paint(canvas, 20 - cell.left, cell.length + 20)
    scene = canvas.scene(cell.width + 40, cell.length + 40, "graph", "graph")
    assert wrong(scene) == []


def test_a_node_without_inputs_needs_no_edge() -> None:
    graph = made(
        "{nodes: {queries: {weight: {label: Object queries, inputs: 0, weights: [{shape: [100, 256]}]}}, "
        "attend: {op: {label: Cross-attention, inputs: 2}}}, edges: [[queries, attend, output], [input, attend]]}"
    )
    assert facts(graph).total_parameters == 100 * 256
    picture = drawn_block(graph, {id(block): path for path, block in walk(graph)})
    assert isinstance(picture, Graph)
    scene = scene_of(picture)
    assert wrong(scene) == []
    assert heads(scene) == 3


def test_a_graph_of_sources_takes_no_line() -> None:
    graph = made(
        "{nodes: {noise: {weight: {label: Noise, inputs: 0, weights: [{shape: [256]}]}}, generator: {linear: 256}}, "
        "edges: [[noise, generator, output]]}",
        before="",
    )
    assert inputs(graph) == 0
    picture = drawn_block(graph, {id(block): path for path, block in walk(graph)})
    assert isinstance(picture, Graph)
    assert diagram.place(picture, (0.0,), (), INSET).source
    assert wrong(scene_of(picture)) == []


LSTM = (
    "{nodes: {gates: {linear: {features: 1024, inputs: 512, outputs: [forget, input, candidate, output]}}, "
    "keep: {op: ×}, write: {op: ×}, cell: {op: +}, tanh: {op: tanh}, hidden: {op: ×}}, "
    "edges: [[input, gates], [gates.forget, keep, cell, tanh, hidden, output], [gates.input, write, cell], "
    "[gates.candidate, write], [gates.output, hidden]], back: [[hidden, gates], [cell, keep]]}"
)


def test_recurrence_is_an_edge_that_comes_a_step_later() -> None:
    graph = made(LSTM)
    assert graph.back == (("hidden", "gates"), ("cell", "keep"))
    assert facts(graph).total_parameters == 1024 * 512
    picture = drawn_block(graph, {id(block): path for path, block in walk(graph)})
    assert isinstance(picture, Graph)
    scene = scene_of(picture)
    assert wrong(scene) == []
    assert dashed(scene)
    assert [shape.text for shape in scene.shapes() if isinstance(shape, Text)].count("t−1") == 2
    assert heads(scene) == len(graph.edges) + len(graph.back)


def test_a_line_back_leads_down_and_into_its_node_from_below() -> None:
    graph = Graph((("cell", Box("cell", "cell")),), (
        Edge("input", "cell"), Edge("cell", "output"), Edge("cell", "cell", back=True)), delay="t−1")  # fmt: skip
    scene = scene_of(graph)
    assert wrong(scene) == []
    points = [point for line in dashed(scene) for point in line.points]
    (dot,) = (shape for shape in scene.shapes() if isinstance(shape, Circle))
    box = next(shape for shape in scene.shapes() if isinstance(shape, Rect))
    assert (dot.x, dot.y) in points
    assert min(y for _, y in points) == dot.y < box.y
    assert max(y for _, y in points) > box.bottom, "it turns below the box"
    tips = [shape.points[-1] for shape in scene.shapes() if isinstance(shape, Line) and shape.head]
    assert len({x for x, y in tips if y == box.bottom}) == 2, "and enters it from there, beside the other line"


def test_a_late_line_that_leads_upwards_passes_a_box() -> None:
    edges = (Edge("input", "a"), Edge("a", "mix"), Edge("mix", "output"), Edge("a", "mix", back=True))
    graph = Graph((("a", Box("a", "a")), ("mix", Box("mix", "mix"))), edges, delay="t−1")
    scene = scene_of(graph)
    assert wrong(scene) == []
    assert "t−1" in words(scene)
    assert heads(scene) == 5


def test_what_comes_a_step_later_is_a_difference() -> None:
    assert made(LSTM) != made(LSTM.replace(", [cell, keep]]", "]"))

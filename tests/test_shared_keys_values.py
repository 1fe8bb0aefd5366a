"""Keys and values that are made once beside the line, the lines that lead to their readers, and what goes with them."""

from __future__ import annotations

import pytest

from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.picture import Frame, Plate, Tap
from archdraw.scene import Element, Group, Line
from archdraw.tree.walks import leaves
from archdraw.views.architecture import picture

HEAD = "name: N\nhidden_size: 64\nvocab_size: 100\ncontext_length: 64\nlayers:\n  - embedding\n"
DECODER = (
    "decoder: {{label: {}, times: {}, attention: {{multi_head: {{num_attention_heads: 4, {}}}}}, feed_forward: {}}}"
)
WIDE, NARROW = "{gelu: {intermediate_size: 64}}", "{gelu: {intermediate_size: 32}}"
OWN = DECODER.format("Lower", 2, "sliding_window: 8", WIDE)
READING = DECODER.format("Upper", 3, "shares_kv: true", WIDE)
SHARED = "shared_keys_values: {num_key_value_heads: 4, norm: rmsnorm, position: rope}"


def model(*blocks: str) -> Model:
    return Model.from_text(HEAD + "".join(f"  - {block}\n" for block in (*blocks, "output_head")))


def plate(made: Model) -> Plate:
    return picture(made.spec, made.block)


def lines(elements: tuple[Element, ...]) -> list[Line]:
    found: list[Line] = []
    for element in elements:
        if isinstance(element, Group):
            found += lines(element.children)
        elif isinstance(element, Line):
            found.append(element)
    return found


def refused(*blocks: str) -> str:
    with pytest.raises(InputError) as error:
        model(*blocks)
    return error.value.problems[0].message


def test_they_are_counted_and_cached_once() -> None:
    with_them, without = model(OWN, SHARED, READING).facts, model(OWN, READING).facts
    assert with_them.total_parameters - without.total_parameters == 2 * 64 * 64 + 64
    assert with_them.kv_cache_bytes(64) - without.kv_cache_bytes(64) == 2 * 2 * 64 * 64
    assert with_them.layers == 5


def test_a_line_leads_to_every_reader_above() -> None:
    made = model(OWN, SHARED, READING)
    (wire,) = plate(made).wires
    assert [goal.rsplit("/", 1)[-1] for goal in wire.goals] == ["self_attn"]
    scene = made.scene()
    assert not faults(scene)
    (box,) = (item for item in plate(made).column.items if isinstance(item, Tap))
    assert (box.box.path, box.aside, box.direction) == (wire.source, True, "out")
    # It begins at the top of the box, rises, and enters its reader from the left.
    (line,) = (
        one for one in lines(scene.children) if len(one.points) == 3 and one.points[1][1] < one.points[0][1] - 100
    )
    (x, low), (bend, high), (end, last) = line.points
    assert (x, high) == (bend, last)
    assert low > high
    assert end > x


def test_each_layer_reads_what_was_made_last_below_it() -> None:
    made = model(OWN, SHARED, READING, SHARED, DECODER.format("Top", 3, "shares_kv: true", NARROW))
    first, second = plate(made).wires
    assert first.source != second.source
    assert not {*first.goals} & {*second.goals}
    assert not faults(made.scene())


def test_what_nothing_reads_has_no_line() -> None:
    made = model(OWN, SHARED)
    assert plate(made).wires == ()
    assert not faults(made.scene())


def test_heads_that_do_not_fit_are_refused() -> None:
    assert "num_key_value_heads 3 does not divide hidden_size 64" in refused(OWN, SHARED.replace("4", "3"))


def test_a_projection_is_split_unevenly() -> None:
    split = "linear: {features: 96, outputs: {query: 64, key: 32}}"
    nodes = f"{{split: {{{split}}}, up: {{linear: 64}}, sum: {{op: +}}}}"
    graph = f"graph: {{nodes: {nodes}, edges: [[input, split], [split.query, sum, output], [split.key, up, sum]]}}"
    assert model(graph).facts.total_parameters - model().facts.total_parameters == 64 * 96 + 32 * 64
    assert "the outputs have 96 features in all, not 95" in refused(graph.replace("96", "95"))


def test_an_own_operation_can_be_attention() -> None:
    def attention(heads: str) -> str:
        return (
            "layer: [residual: [linear: {features: 192, outputs: [Q, K, V]}, op: {label: Attend, role: attention,"
            f" inputs: 3, cache: 128, heads: {{num_attention_heads: 4, head_dim: 16, {heads}}}}}]]"
        )

    found = model(attention("num_key_value_heads: 2, v_head_dim: 32"))
    (heads,) = (leaf.heads for leaf in leaves(found.block) if leaf.heads is not None)
    assert (heads.query, heads.key_value, heads.value_width) == (4, 2, 32)
    assert "num_key_value_heads 3 does not divide num_attention_heads 4" in refused(attention("num_key_value_heads: 3"))


def test_lines_of_an_operation_come_from_elsewhere() -> None:
    graph = (
        "graph: {nodes: {far: {op: {label: Of elsewhere, inputs: 0, features: 64}}, up: {linear: 64}, sum: {op: +}},"
        " edges: [[input, up, sum, output], [far, sum]]}"
    )
    made = model(f"layer: {{body: {{{graph}}}}}")
    assert not faults(made.scene())


def test_a_line_passes_a_graph() -> None:
    passing = (
        "layer: {label: L, times: 3, body: {graph: {inputs: {a: 64, b: 64}, nodes: {up: {linear: 64}, sum: {op: +}},"
        " edges: [[input.a, up, sum, output.a], [input.b, sum], [input.b, output.b]]}}}"
    )
    split = "linear: {features: 128, outputs: [a, b]}"
    made = model(split, passing, "op: {label: Join, inputs: 2}")
    assert made.facts.layers == 3
    assert not faults(made.scene())


def test_a_residual_branch_in_a_graph_stays_open() -> None:
    graph = (
        "graph: {nodes: {one: {residual: {linear: 64}}, two: {linear: 64}, sum: {op: +}},"
        " edges: [[input, one, sum, output], [input, two, sum]]}"
    )
    made = model(f"layer: {{body: {{{graph}}}}}")
    assert not faults(made.scene())
    assert [path for path, _ in made.walk() if path.endswith("/linear")]


def test_an_encoder_may_be_recurrent() -> None:
    made = model(
        "encoder: {layers: [embedding: {shared: true}, layer: [lstm: 64]]}", READING.replace(", shares_kv: true", "")
    )
    assert made.facts.state == 0
    assert not faults(made.scene())


def test_small_layers_with_names_of_their_own_stay_apart() -> None:
    first, second = "layer: {label: First, body: [lstm: 64]}", "layer: {label: Second, times: 2, body: [lstm: 64]}"
    frames = [item.caption for item in plate(model(first, second)).column.items if isinstance(item, Frame)]
    assert frames == ["First", "Second"]


def test_a_large_layer_that_differs_is_a_bar() -> None:
    one = OWN.replace("times: 2", "times: 1")
    frames = [item for item in plate(model(one, READING)).column.items if isinstance(item, Frame)]
    assert len(frames) == 1

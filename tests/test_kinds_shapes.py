"""Networks that are no token decoders: inputs, grids, convolutions and what else changes the shape of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.errors import InputError
from archdraw.kinds.base import Kind, KindError, Line, Scope
from archdraw.kinds.shapes.channel_norms import BatchNorm, GroupNorm
from archdraw.kinds.shapes.convolution import Convolution
from archdraw.kinds.shapes.input import Input
from archdraw.kinds.shapes.pool import Pool, Upsample
from archdraw.kinds.shapes.recurrent_networks import GRU, LSTM
from archdraw.kinds.shapes.reshape import Concatenate, Flatten, Reshape
from archdraw.resources import specs_folder
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Leaf
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts, facts, report
from archdraw.tree.walks import leaves

NETWORKS = Path(__file__).parent / "data" / "networks"


def image(features: int, *grid: int) -> Scope:
    return Scope().at(Line(features, grid))


def made(layers: str, head: str = "") -> Facts:
    """The facts of a model that consists of ``layers``, written as a list in one line."""
    return facts(expand(parse_spec(f"name: Net\n{head}layers: {layers}\n")))


def leaf(kind: Kind, scope: Scope) -> Leaf:
    block = kind.expand(scope)
    assert isinstance(block, Leaf)
    return block


def refused(layers: str, head: str = "") -> str:
    with pytest.raises(InputError) as caught:
        made(layers, head)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "total"),
    [
        # The sources are in the specs.
        ("resnet-50", 25_557_032),
        ("vit-b-16", 86_567_656),
        ("clip-vit-b-32", 151_277_313),
        ("u-net", 31_030_658),
        ("detr-r50", 41_524_768),
        ("dit-xl-2", 675_129_632),
        ("stable-diffusion-vae", 83_653_863),
    ],
)
def test_published_networks_are_exact(name: str, total: int) -> None:
    assert facts(expand(load_spec(specs_folder() / f"{name}.yaml"))).total_parameters == total


def test_a_u_net_may_be_nested_branches() -> None:
    graph = facts(expand(load_spec(specs_folder() / "u-net.yaml")))
    nested = facts(expand(load_spec(NETWORKS / "u-net-nested.yaml")))
    assert (nested.total_parameters, nested.per_input) == (graph.total_parameters, graph.per_input)


def test_what_is_not_trained_is_told_apart() -> None:
    """DETR's log has 41,302,368 parameters: its stem and first stage are frozen. DiT's positions are fixed."""
    detr = facts(expand(load_spec(specs_folder() / "detr-r50.yaml")))
    dit = facts(expand(load_spec(specs_folder() / "dit-xl-2.yaml")))
    assert detr.trained_parameters == 41_302_368
    assert dit.total_parameters - dit.trained_parameters == 256 * 1152


def test_a_frozen_batch_norm_has_no_parameters() -> None:
    made = leaf(BatchNorm(frozen=True), image(64, 8, 8))
    assert [weight.name for weight in made.weights] == ["weight", "bias", "running_mean", "running_var"]
    assert all(weight.buffer for weight in made.weights)
    assert describe(made).label == "Frozen BatchNorm"


def test_multiplications_are_those_of_one_image() -> None:
    """The documentation of torchvision gives 4.09 and 17.56 billion multiply-adds at 224 by 224 pixels."""
    resnet = facts(expand(load_spec(specs_folder() / "resnet-50.yaml")))
    vit = facts(expand(load_spec(specs_folder() / "vit-b-16.yaml")))
    assert round(resnet.per_input / 1e9, 2) == 4.09
    assert round(vit.per_input / 1e9, 2) == 17.56
    assert resnet.input_shapes == vit.input_shapes == ((3, 224, 224),)


def test_a_small_network_by_hand() -> None:
    counted = made(
        "[input: {label: Image, shape: [1, 28, 28]}, convolution: {features: 8, kernel_size: 3, stride: 2, bias: true},"
        " op: ReLU, pool: {kernel_size: 2}, flatten, linear: {features: 10, bias: true}]"
    )
    first, last = 8 * 1 * 9, 10 * (8 * 7 * 7)
    assert counted.total_parameters == first + 8 + last + 10
    assert counted.per_input == first * 14 * 14 + last
    assert counted.multiplications == 0
    known = report(counted, "Net", 1)
    assert known["flops_per_token"] is None
    assert known["flops_per_input"] == 2 * counted.per_input
    assert known["input_shapes"] == ["1 × 28 × 28"]


@pytest.mark.parametrize(
    ("kind", "came", "left"),
    [
        (Convolution(features=8, kernel_size=3), (7, 7), (7, 7)),
        (Convolution(features=8, kernel_size=3, stride=2), (7, 7), (4, 4)),
        (Convolution(features=8, kernel_size=3, padding="valid"), (7, 7), (5, 5)),
        (Convolution(features=8, kernel_size=3, padding=1, stride=2), (8, 8), (4, 4)),
        (Convolution(features=8, kernel_size=3, padding="valid", dilation=2), (7, 7), (3, 3)),
        (Convolution(features=8, kernel_size=(3, 1), padding="valid", stride=(2, 1)), (7, 7), (3, 7)),
        (Convolution(features=8, kernel_size=(4,), stride=4), (3000,), (750,)),
        (Convolution(features=8, kernel_size=2, stride=2, transposed=True), (28, 28), (56, 56)),
        (Convolution(features=8, kernel_size=4, stride=2, padding=1, transposed=True), (8, 8), (16, 16)),
        (Convolution(features=8, kernel_size=3, padding="valid", transposed=True), (5, 5, 5), (7, 7, 7)),
        (Pool(kernel_size=3, stride=2), (112, 112), (56, 56)),
        (Pool(kernel_size=2, padding="valid"), (5, 5), (2, 2)),
        (Pool(mode="average"), (7, 7), ()),
        (Upsample(scale=2), (7, 8), (14, 16)),
        (Upsample(scale=(1, 2)), (7, 8), (7, 16)),
        (Flatten(), (7, 8), ()),
        (Flatten(to="tokens"), (7, 8), (56,)),
        (Reshape(shape=(2, 28)), (7, 8), (28,)),
    ],
)
def test_what_is_left_of_a_grid(kind: Kind, came: tuple[int, ...], left: tuple[int, ...]) -> None:
    """By the formulas of the documentation of PyTorch; same: as TensorFlow has it."""
    features = 2 if isinstance(kind, Convolution) else 1
    (line,) = kind.lines_out(image(features, *came))
    assert line.grid == kind.grid_out(image(features, *came)) == left
    assert line.features == kind.features_out(image(features, *came))


def test_convolutions_are_stored_as_pytorch_stores_them() -> None:
    scope = image(6, 9, 9)
    shapes = [
        [weight.shape for weight in leaf(kind, scope).weights]
        for kind in (
            Convolution(features=8, kernel_size=3, groups=2, bias=True),
            Convolution(kernel_size=3, depthwise=True),
            Convolution(features=8, kernel_size=2, stride=2, transposed=True, bias=True),
            Convolution(features=8, kernel_size=2, stride=2, transposed=True, groups=2),
        )
    ]
    assert shapes == [
        [(8, 3, 3, 3), (8,)],
        [(6, 1, 3, 3)],
        [(6, 8, 2, 2), (8,)],
        [(6, 4, 2, 2)],
    ]


def test_a_transposed_convolution_multiplies_what_comes_in() -> None:
    counted = facts(Convolution(features=8, kernel_size=2, stride=2, transposed=True).expand(image(6, 9, 9)))
    assert counted.per_input == 6 * 8 * 2 * 2 * 9 * 9


def test_the_second_line_says_the_shape_where_it_changes() -> None:
    details = [
        describe(leaf(kind, image(64, 224, 224))).detail
        for kind in (
            Convolution(features=128, kernel_size=3, stride=2),
            Convolution(features=128, kernel_size=3, dilation=2, groups=32),
            Pool(kernel_size=2),
            Pool(mode="average"),
            Flatten(to="tokens"),
            Reshape(shape=(3136, 1024)),
        )
    ]
    assert details == [
        "64 → 128, 112 × 112",
        "64 → 128, 32 groups, dilation 2",
        "112 × 112",
        "224 × 224 → 1",
        "50,176 tokens",
        "64 × 224 × 224 → 3,136 × 1,024",
    ]


@pytest.mark.parametrize(
    ("kind", "field", "message"),
    [
        (Convolution(kernel_size=3), "", "convolution needs features"),
        (
            Convolution(features=8, kernel_size=(3,)),
            "kernel_size",
            "kernel_size has 1 axis, the line that comes in has 2",
        ),
        (Convolution(features=8, kernel_size=3, stride=(1, 2, 1)), "stride", "stride has 3 entries, kernel_size 2"),
        (Convolution(features=8, kernel_size=9, padding="valid"), "kernel_size", "a window of 9 does not fit a grid"),
        (Convolution(kernel_size=3, depthwise=True, groups=2), "groups", "depthwise says how many groups there are"),
        (Pool(stride=2), "stride", "global pooling has no stride"),
        (Reshape(shape=(5, 5)), "shape", "6 × 4 × 4 has 96 values, 5 × 5 has 25"),
        (GroupNorm(num_groups=4), "num_groups", "4 groups do not divide 6 channels"),
        (Concatenate(), "", "concatenate reads 2 lines, one line comes in"),
        (Input(shape=(3, 8, 8), features=4), "features", "shape begins with 3 channels, not 4"),
    ],
)
def test_shapes_that_do_not_fit(kind: Kind, field: str, message: str) -> None:
    with pytest.raises(KindError) as caught:
        kind.expand(image(6, 4, 4))
    assert caught.value.field == field
    assert caught.value.message.startswith(message)


def test_one_number_needs_a_known_grid() -> None:
    with pytest.raises(KindError, match="does not say over how many axes"):
        Convolution(features=8, kernel_size=3).expand(Scope(6))
    with pytest.raises(KindError, match="flatten needs to know the grid"):
        Flatten().expand(Scope(6))


def test_norms_of_channels() -> None:
    stored = {weight.name: (weight.shape, weight.count) for weight in leaf(BatchNorm(), image(64, 7, 7)).weights}
    assert stored == {
        "weight": ((64,), 64),
        "bias": ((64,), 64),
        "running_mean": ((64,), 0),
        "running_var": ((64,), 0),
        "num_batches_tracked": ((), 0),
    }
    assert leaf(BatchNorm(elementwise_affine=False, track_running_stats=False), image(64, 7, 7)).weights == ()
    assert facts(GroupNorm(num_groups=8).expand(image(64, 7, 7))).total_parameters == 128


@pytest.mark.parametrize(("kind", "gates", "kept"), [(LSTM, 4, 2), (GRU, 3, 1)])
def test_recurrent_networks_are_those_of_pytorch(kind: type[LSTM | GRU], gates: int, kept: int) -> None:
    scope = Scope(10)
    one = kind(hidden_size=7)
    counted = facts(one.expand(scope))
    assert counted.total_parameters == gates * (7 * (10 + 7) + 2 * 7)
    assert counted.state == kept * 7
    assert counted.multiplications == gates * 7 * (10 + 7) + 3 * 7
    assert one.features_out(scope) == 7
    deep = kind(hidden_size=7, num_layers=2, bidirectional=True, bias=False)
    assert [(weight.name, weight.shape) for weight in leaf(deep, scope).weights] == [
        ("weight_ih_l0", (gates * 7, 10)),
        ("weight_hh_l0", (gates * 7, 7)),
        ("weight_ih_l0_reverse", (gates * 7, 10)),
        ("weight_hh_l0_reverse", (gates * 7, 7)),
        ("weight_ih_l1", (gates * 7, 14)),
        ("weight_hh_l1", (gates * 7, 7)),
        ("weight_ih_l1_reverse", (gates * 7, 14)),
        ("weight_hh_l1_reverse", (gates * 7, 7)),
    ]
    assert deep.features_out(scope) == 14


def test_an_input_begins_a_line() -> None:
    block = expand(
        parse_spec("name: Net\nlayers: [input: {label: Log-mel spectrogram, shape: [80, 3000]}, linear: 8]\n")
    )
    first, second = leaves(block)
    assert (first.role, first.inputs, first.shape, first.label) == ("input", 0, (80, 3000), "Log-mel spectrogram")
    assert describe(first).detail == "80 × 3,000"
    assert (second.weights[0].shape, second.positions) == ((8, 80), 3000)
    bare = expand(parse_spec("name: Net\nhidden_size: 16\nlayers: [input: Shifted targets, linear: 8]\n"))
    assert next(leaves(bare)).label == "Shifted targets"
    assert facts(bare).total_parameters == 8 * 16
    assert made("[input: {features: 512}, linear: 8]").total_parameters == 8 * 512


def test_tokens_beside_an_image_are_counted_per_token() -> None:
    counted = made(
        "[parallel: {merge: separate, branches: [[input: {shape: [3, 8, 8]}, convolution: {features: 4, kernel_size: 8,"
        " stride: 8}, flatten], [input: Text, embedding, linear: 4]]}, op: {label: Similarity, inputs: 2}]",
        "hidden_size: 16\nvocab_size: 100\n",
    )
    assert counted.per_input == 3 * 4 * 64
    assert counted.multiplications == 16 * 4
    assert counted.total_parameters == 3 * 4 * 64 + 100 * 16 + 16 * 4


def test_sources_in_branches_and_lists() -> None:
    token = "weight: {label: Class token, inputs: 0, weights: [{shape: [1, 1, 8]}]}"
    two = (
        f"parallel: {{merge: separate, branches: [{token}, [input: {{shape: [3, 4, 4]}}, linear: 8, flatten: tokens]]}}"
    )
    counted = made(f"[{two}, concatenate: {{axis: positions}}, linear: 2]")
    assert counted.total_parameters == 8 + 3 * 8 + 8 * 2
    assert counted.per_input == 3 * 8 * 16 + 8 * 2 * 17
    message = refused(f"[input: {{shape: [3, 4, 4]}}, linear: 8, {token}]")
    assert 'error: "Class token" starts a line of its own\n' in message
    assert "put it first, or in a branch" in message
    assert "input starts a line of its own" in refused("[input: {features: 8}, residual: [linear: 8, input]]")


def test_grids_that_are_merged_are_equal() -> None:
    message = refused(
        "[input: {shape: [3, 8, 8]}, parallel: {merge: concatenate, branches: [[], pool: {kernel_size: 2}]}]"
    )
    assert "lines of 8 × 8 and 4 × 4 cannot be concatenated" in message
    assert "op: {label: Crop, grid: [...]}" in message
    shrunk = refused("[input: {shape: [3, 8, 8]}, residual: [convolution: {features: 3, kernel_size: 3, stride: 2}]]")
    assert "the branch of a residual leaves 4 × 4 where 8 × 8 came in" in shrunk


def test_layers_of_a_stage_may_change_the_line_once() -> None:
    down = "layer: {body: {convolution: {features: 6, kernel_size: 3, stride: 2}}}"
    keep = "layer: {times: 2, body: {residual: {convolution: {features: 6, kernel_size: 3}}}}"
    counted = made(f"[input: {{shape: [3, 8, 8]}}, stack: [{down}, {keep}]]")
    assert counted.layers == 3
    assert counted.per_input == 3 * 6 * 9 * 16 + 2 * 6 * 6 * 9 * 16
    message = refused(f"[input: {{shape: [6, 8, 8]}}, stack: {{num_hidden_layers: 4, pattern: [{down}]}}]")
    assert "a layer of a pattern that repeats leaves 4 × 4 where 8 × 8 came in" in message

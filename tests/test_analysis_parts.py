"""What comparisons are made of, part by part: features by common names, values, counts, groups, rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archdraw.analysis.difference import difference
from archdraw.analysis.difference.changes import Change
from archdraw.analysis.difference.comparison import Comparison, sign_of
from archdraw.analysis.difference.counted import recurrent_bytes
from archdraw.analysis.difference.features import Features, features
from archdraw.analysis.difference.groups import groups
from archdraw.analysis.difference.listed import alike_values
from archdraw.analysis.difference.models import _pairs
from archdraw.analysis.difference.places import Place, joints
from archdraw.analysis.difference.rows import rows
from archdraw.analysis.difference.rows_of_groups import _is_common
from archdraw.analysis.difference.similarity import Similarity
from archdraw.analysis.difference.structure import loops, outline, widths_of
from archdraw.glossary.common import LAYERS
from archdraw.tree.blocks import (
    Block,
    Heads,
    Leaf,
    Module,
    Repeat,
    Residual,
    Role,
    Sequence,
    Setting,
    Weight,
)
from archdraw.tree.settings import same


def of(role: Role, kind: str = "", body: Block | None = None, **settings: Setting) -> Module:
    return Module("block", "Block", body or Leaf("w", "w"), role, kind=kind, settings=tuple(settings.items()))


# ---- features


@pytest.mark.parametrize(
    ("block", "found"),
    [
        (
            of("experts", num_experts=8, n_shared_experts=2, moe_intermediate_size=32),
            {"shared_expert_intermediate_size": 64},
        ),
        (of("experts", num_experts=8, n_group=1, topk_group=1), {"n_group": None}),
        (of("experts", num_experts=8, n_group=1, topk_group=4), {"topk_group": "absent"}),
        (of("experts", num_experts=8, n_group=4, topk_group=2), {"n_group": 4, "topk_group": 2}),
        (of("experts", "dense_and_experts", num_experts=8), {"scoring_func": "softmax", "norm_topk_prob": True}),
        (of("attention", index_topk_blocks=4, index_block_size=16, index_n_heads=2), {"index_topk": 64}),
        (of("linear", num_heads=4, head_dim=16, short_conv_kernel_size=3), {"linear_conv_kernel_dim": 3}),
        (of("linear", num_heads=4, head_dim=16, short_conv_kernel_size=3), {"linear_num_value_heads": 4}),
        (of("convolution", conv_L_cache=3), {"linear_conv_kernel_dim": 3}),
    ],
)
def test_one_thing_has_one_name(block: Module, found: Features) -> None:
    given = features(block)
    assert {name: given.get(name, "absent") for name in found} == found


def test_heads_that_no_setting_says_are_read_off() -> None:
    leaf = Leaf("scores", "scores", heads=Heads(8, 2, 16))
    found = features(of("attention", body=leaf, num_attention_heads=8))
    assert (found["num_key_value_heads"], found["head_dim"], found["v_head_dim"]) == (2, 16, 16)


# ---- values


def test_one_is_not_yes_and_nothing_is_no() -> None:
    assert not same(1, True)
    assert not same(0, False)
    assert same(None, False)
    assert same("none", None)


@pytest.mark.parametrize(
    ("before", "after", "sign"),
    [
        (None, 4, "added"),
        (False, True, "added"),
        (4, "none", "removed"),
        (4, 8, "changed"),
        (0, 4, "changed"),
        ((1, 2), (), "removed"),
    ],
)
def test_a_value_comes_goes_or_changes(before: Setting, after: Setting, sign: str) -> None:
    assert sign_of(before, after) == sign


def test_several_values_are_equal_in_any_order_and_no_more() -> None:
    assert alike_values((1, 2), (2, 1))
    assert not alike_values((1, 2), (1, 2, 3))
    assert not alike_values((1, 2, 3), (1, 2))


def test_numbers_up_to_eight_times_a_width_follow_from_it() -> None:
    widths = widths_of({"hidden_size": 48}, ["hidden_size"])
    assert [number for number in range(1, 1000) if number in widths] == [48 * times for times in range(1, 9)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Weight("w", (4, 4)), Weight("w", (4, 4), buffer=True)),
        (Weight("w", (4, 4)), Weight("w", (4, 4), tied=True)),
        (Weight("w", (4, 4)), Weight("w", (4,))),
        (Weight("w", (4, 4)), Weight("v", (4, 4))),
    ],
)
def test_an_outline_has_all_of_a_weight_but_its_widths(one: Weight, other: Weight) -> None:
    first, second = (outline(Leaf("x", "x", weights=(weight,)), {}) for weight in (one, other))
    assert first != second
    assert first == outline(Leaf("x", "x", weights=(Weight(one.name, tuple(2 * size for size in one.shape)),)), {})


def test_loops_in_loops_are_all_told() -> None:
    inner = Repeat(Leaf("x", "x"), 3, tied=True)
    assert loops(Repeat(Sequence((inner, Leaf("y", "y"))), 2, tied=True)) == (2, 3)
    assert loops(Repeat(inner, 2)) == (3,)


# ---- counts


def test_the_state_of_recurrent_mixers_is_counted_as_often_as_they_come() -> None:
    kept = Leaf("kept", "kept", state=5)
    mixer = Module("mixer", "Mixer", Sequence((kept, Module("inner", "Inner", kept))), "linear")
    block = Sequence((Repeat(mixer, 3), kept))
    assert recurrent_bytes(block) == 3 * (5 + 5) * 2


# ---- what stands for what


def test_the_way_back_has_the_paths_of_the_way_there() -> None:
    change = Change("added", "norm", ("", "RMSNorm"), "block", None, "x", (("a",), ("b", "c")))
    assert change.turned().paths == (("b", "c"), ("a",))
    assert change.turned().turned() == change


def test_cross_attention_stands_for_no_mixer() -> None:
    def stack(*mixers: Leaf) -> list[Module]:
        return [Module("layer", "Layer", Sequence(mixers), level="layer")]

    own, cross = Leaf("a", "a", "attention"), Leaf("c", "c", "attention", heads=Heads(4, 4, 16, cross=True))
    linear = Leaf("l", "l", "linear")
    found = groups(stack(own, cross), stack(linear), Similarity())
    assert [(group.roles, group.pairs) for group in found] == [
        (("attention", "linear"), ((0, 0),)),
        (("cross", ""), ()),
    ]


def test_what_is_left_has_a_partner_of_its_own_kind_only() -> None:
    def stack(*kinds: str) -> list[Module]:
        return [
            Module("layer", "Layer", of("attention", kind, num=number), level="layer")
            for number, kind in enumerate(kinds)
        ]

    assert groups(stack("a", "a"), stack("a"), Similarity())[0].extra == ((1, 0),)
    assert groups(stack("a", "b"), stack("a"), Similarity())[0].extra == ()


def test_blocks_of_one_label_are_partners_before_others() -> None:
    def mixer(number: int, **settings: Setting) -> Module:
        label = LAYERS(number=number)
        return Module("m", label, Leaf("w", "w"), "attention", kind="k", settings=tuple(settings.items()))

    mine, theirs = [mixer(3, a=1), mixer(4, a=2)], [mixer(4, a=1), mixer(3, a=2)]
    stacks = [[Module("layer", "Layer", one, level="layer") for one in several] for several in (mine, theirs)]
    assert groups(stacks[0], stacks[1], Similarity())[0].pairs == ((0, 1), (1, 0))


def test_a_branch_is_known_by_its_sublayer() -> None:
    norm = Leaf("norm", "RMSNorm", "norm")
    roles: tuple[Role, ...] = ("attention", "feed_forward")
    one, other = (Residual(Sequence((norm, Leaf(role, role, role)))) for role in roles)
    assert Similarity()(one, other) == 0.0
    assert Similarity()(one, one) > 0.0


def test_a_block_of_another_role_is_less_alike() -> None:
    one, same_role, other = of("attention", "k", n=1), of("attention", "k", n=2), of("sliding", "k", n=2)
    similar = Similarity()
    assert similar(one, same_role) > similar(one, other)


def test_stacks_of_one_length_are_partners() -> None:
    def stack(*widths: int) -> Module:
        every = tuple(
            Module("layer", "Layer", Leaf("w", "w", weights=(Weight("w", (one,)),)), level="layer") for one in widths
        )
        return Module("layers", "Layers", Sequence(every), level="stack")

    mine, theirs = [("a", stack(1)), ("b", stack(2, 3))], [("c", stack(4, 5)), ("d", stack(6))]
    both = Module("m", "M", Sequence(()), level="model")
    assert _pairs(Comparison(both, both), (both.body, both.body), mine, theirs) == [(0, 1), (1, 0)]


def change(what: str, paths: tuple[str, ...], around: str = "", **fields: Any) -> Change:
    made: dict[str, Any] = {"sign": "changed", "sort": "token mixer", "labels": ("A", "A"), "before": 1, "after": 2}
    return Change(**made | fields, what=what, paths=(paths, paths), around=around)


def test_a_twin_is_of_the_same_blocks() -> None:
    there = [change("head_dim", ("a",)), change("v_head_dim", ("a",))]
    elsewhere = [change("head_dim", ("a",)), change("v_head_dim", ("b",))]
    assert [one.what for one in rows(there)] == ["head_dim"]
    assert [one.what for one in rows(elsewhere)] == ["head_dim", "v_head_dim"]


def test_a_row_of_several_modules_names_none() -> None:
    one, other = change("head_dim", ("a",), "Vision encoder"), change("head_dim", ("b",), "Audio encoder")
    assert "encoder" in rows([one])[0].subject
    assert "encoder" not in rows([one, other])[0].subject


# ---- boxes side by side


NORM, ATTENTION = Leaf("norm", "RMSNorm", "norm"), Leaf("mixer", "Mixer", "attention")
EMPTY = Module("model", "Model", Sequence(()), level="model")


def whole(body: Block) -> Module:
    return Module("model", "Model", body, level="model")


def test_a_box_that_both_have_as_often_has_moved() -> None:
    comparison = Comparison(EMPTY, EMPTY)
    comparison.only("removed", ("a", NORM), ([("a", NORM)], [("b", NORM)]), ("", ""))
    assert (comparison.changes, comparison.moved) == ([], ["RMSNorm"])
    comparison.only("removed", ("a", NORM), ([("a", NORM), ("c", NORM)], [("b", NORM)]), ("", ""))
    assert [(change.what, change.before, change.after) for change in comparison.changes] == [("occurrences", 2, 1)]


def test_boxes_in_other_places_have_moved() -> None:
    comparison = Comparison(EMPTY, EMPTY)
    mine: list[Place] = [("a", NORM), ("b", ATTENTION)]
    theirs: list[Place] = [("a", ATTENTION), ("b", NORM)]
    assert comparison.aligned(mine, theirs, ("", "")) == []
    assert comparison.moved == ["RMSNorm"]


def test_what_no_author_said_is_no_setting_that_both_have() -> None:
    comparison = Comparison(EMPTY, EMPTY)
    weighted = replace(NORM, weights=(Weight("weight", (4,)),))
    assert not comparison.settings(weighted, weighted, ("", ""))
    assert comparison.equal == []


def test_a_norm_before_a_residual_is_joined_otherwise_than_inside_of_it() -> None:
    inside, before = Residual(Sequence((NORM, ATTENTION))), Sequence((NORM, Residual(ATTENTION)))
    assert [change.what for change in difference(whole(inside), whole(before)).changes] == ["wiring"]


def test_how_often_the_same_weights_are_gone_through_is_told() -> None:
    layer = Module("layer", "Layer", ATTENTION, level="layer")

    def looped(times: int) -> Module:
        return whole(Module("layers", "Layers", Repeat(layer, times, tied=True), level="stack"))

    assert "loop" in [change.what for change in difference(looped(2), looped(3)).changes]


def test_repeats_over_the_same_weights_are_joined_otherwise_than_others() -> None:
    tied, untied = (joints(Repeat(ATTENTION, 2, tied=tied), iter([1])) for tied in (True, False))
    assert tied != untied


def test_heads_are_read_off_for_other_kinds_alone() -> None:
    one, given = of("attention", "k"), of("attention", "k", head_dim=16)
    assert not _is_common("head_dim", {"head_dim": 16}, {"head_dim": 32}, one, one)
    assert _is_common("head_dim", {"head_dim": 16}, {"head_dim": 32}, given, given)
    assert _is_common("head_dim", {"head_dim": 16}, {"head_dim": 32}, one, of("attention", "other"))

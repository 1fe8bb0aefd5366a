"""The difference of two models: laws on generated trees, and real pairs told in full."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archdraw
from archdraw.analysis.difference import Change, Difference, difference, report
from archdraw.analysis.difference.structure import sort_of
from archdraw.glossary import text
from archdraw.spec import expand, parse_spec
from archdraw.tree.alignment import aligned
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side, Weight
from archdraw.tree.settings import same
from archdraw.tree.walks import walk

SPECS = Path(__file__).parent.parent / "specs"

names = st.sampled_from(["q_proj", "k_proj", "norm", "mlp", "self_attn"])
roles = st.sampled_from(["plain", "norm", "attention", "linear", "feed_forward", "experts"])
leaves = st.builds(
    lambda name, role, width: Leaf(name, name.replace("_", " "), role, weights=(Weight("weight", (width,)),)),
    names,
    roles,
    st.integers(1, 3),
)
values = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["rope", "none"])
settings = st.dictionaries(st.sampled_from(["head_dim", "position", "position.rope_theta"]), values).map(
    lambda told: tuple(told.items())
)


def modules(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Module]:
    return st.builds(
        lambda name, role, kind, told, body: Module(name, name, body, role, kind=kind, settings=told),
        names,
        roles,
        st.sampled_from(["", "grouped_query", "swiglu"]),
        settings,
        inner,
    )


def rows(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[tuple[Block, ...]]:
    return st.lists(inner, min_size=1, max_size=3).map(tuple)


def larger(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        rows(inner).map(Sequence),
        st.builds(Parallel, rows(inner), st.sampled_from(["add", "multiply"])),
        inner.map(Residual),
        st.builds(Repeat, inner, st.integers(1, 3), st.booleans()),
        st.builds(Experts, inner, st.integers(2, 4), st.integers(1, 2)),
        modules(inner),
        st.builds(Side, modules(inner), st.sampled_from(["in", "out"]), st.booleans()),
        leaves.map(lambda leaf: Graph((("a", leaf),), (("input", "a"), ("a", "output")))),
    )


blocks: st.SearchStrategy[Block] = st.recursive(leaves, larger, max_leaves=8)
layer = blocks.map(lambda body: Module("layer", "Layer", body, level="layer"))
stacks = st.lists(
    st.builds(lambda one, times: one if times == 1 else Repeat(one, times), layer, st.integers(1, 3)),
    min_size=1,
    max_size=3,
).map(lambda parts: Module("layers", "Layers", Sequence(tuple(parts)), level="stack"))
widths = st.integers(1, 2).map(lambda size: (("hidden_size", size), ("vocab_size", 7)))
models = st.builds(
    lambda before, stack, after, told: Module(
        "model", "Model", Sequence((*before, stack, *after)), level="model", settings=told
    ),
    st.lists(blocks, max_size=2),
    stacks,
    st.lists(blocks, max_size=2),
    widths,
)


@given(models)
def test_a_model_does_not_differ_from_itself(model: Module) -> None:
    assert difference(model, model).changes == ()


@given(models, models)
def test_the_way_back_has_its_signs_turned(first: Module, second: Module) -> None:
    assert difference(second, first) == difference(first, second).turned()


def plain(block: Block) -> Block:
    """``block`` without brackets that mean nothing: a sequence of one is that one, one in another is part of it."""
    match block:
        case Sequence(parts=parts):
            inner = [
                one for part in map(plain, parts) for one in (part.parts if isinstance(part, Sequence) else (part,))
            ]
            return inner[0] if len(inner) == 1 else Sequence(tuple(inner))
        case Parallel(branches=(only,)):
            return plain(only)
        case Parallel(branches=branches):
            return replace(block, branches=tuple(map(plain, branches)))
        case Residual(body=body) | Repeat(body=body) | Experts(body=body) | Module(body=body):
            return replace(block, body=plain(body))
        case Side(body=body):
            return replace(block, body=replace(body, body=plain(body.body)))
        case _:
            return block


@given(models, models)
def test_no_difference_is_missed(first: Module, second: Module) -> None:
    if plain(first) != plain(second):
        assert difference(first, second).changes


@given(models, models)
def test_before_differs_from_after_in_every_change(first: Module, second: Module) -> None:
    for change in difference(first, second).changes:
        assert (change.before, change.after, type(change.before)) != (
            change.after,
            change.before,
            type(change.after),
        ), change
        assert not (is_none(change.before) and is_none(change.after)), change


@given(models, models)
def test_what_is_listed_as_equal_is_equal_everywhere(first: Module, second: Module) -> None:
    for one in difference(first, second).equal:
        blocks = [part for model in (first, second) for _, part in walk(model) if isinstance(part, Leaf | Module)]
        named = [part for part in blocks if (sort_of(part), text(part.label)) == (one.sort, one.where)]
        values = [dict(part.settings)[one.what] for part in named if one.what in dict(part.settings)]
        assert values
        assert all(same(value, one.value) for value in values)


def with_another_setting(block: Block, number: int) -> Block:
    """``block`` with the value of its ``number``-th setting of a module replaced by one that is nowhere else."""
    count = 0

    def change(part: Block) -> Block:
        nonlocal count
        if isinstance(part, Module):
            settings = list(part.settings)
            for place, (name, _) in enumerate(settings):
                if count == number:
                    settings[place] = (name, 12345)
                count += 1
            return replace(part, settings=tuple(settings), body=change(part.body))
        match part:
            case Sequence(parts=parts):
                return Sequence(tuple(map(change, parts)))
            case Parallel(branches=branches):
                return replace(part, branches=tuple(map(change, branches)))
            case Graph(nodes=nodes):
                return replace(part, nodes=tuple((name, change(node)) for name, node in nodes))
            case Residual(body=body) | Repeat(body=body) | Experts(body=body):
                return replace(part, body=change(body))
            case Side(body=body):
                inner = change(body)
                assert isinstance(inner, Module)
                return replace(part, body=inner)
            case _:
                return part

    return change(block)


@given(models, st.integers(0, 20))
def test_another_setting_is_a_difference(model: Module, number: int) -> None:
    other = with_another_setting(model, number)
    assert isinstance(other, Module)
    assert bool(difference(model, other).changes) == (model != other)


@given(models, leaves)
def test_a_block_put_in_is_the_only_change_of_blocks(model: Module, leaf: Leaf) -> None:
    new = replace(leaf, name="new", label="never seen before", role="latent", weights=())
    assert isinstance(model.body, Sequence)
    longer = replace(model, body=Sequence((new, *model.body.parts)))
    (change,) = difference(model, longer).changes
    assert (change.sign, change.where, change.what) == ("added", "never seen before", "block")


def test_leaves_that_look_alike_are_told_by_their_shapes() -> None:
    def model(width: int) -> Module:
        return Module(
            "model", "Model", Leaf("proj", "projection", weights=(Weight("weight", (width, 2)),)), level="model"
        )

    block, *counts = difference(model(3), model(4)).changes
    assert (block.before, block.after) == ("projection (weight 3x2)", "projection (weight 4x2)")
    assert [change.what for change in counts] == ["total_parameters", "active_parameters"]


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_an_alignment_keeps_the_order_of_both(first: list[int], second: list[int]) -> None:
    pairs = aligned(first, second, lambda one, other: float(one == other))
    assert [one for one, _ in pairs if one is not None] == list(range(len(first)))
    assert [other for _, other in pairs if other is not None] == list(range(len(second)))
    assert all(first[one] == second[other] for one, other in pairs if one is not None and other is not None)


def is_none(value: object) -> bool:
    return value is None or value is False or value == "none"


def differs(first: str, second: str) -> Difference:
    one, other = (archdraw.load(SPECS / f"{slug}.yaml") for slug in (first, second))
    found = difference(one.block, other.block)
    assert difference(other.block, one.block) == found.turned()
    return found


def told(first: str, second: str) -> list[tuple[object, ...]]:
    found = differs(first, second)
    # What holds of several kinds of layers is told of each.
    every = [(change.sign, change.where, change.what, change.before, change.after) for change in found.changes]
    return list(dict.fromkeys(every))


def test_deepseek_v3_and_kimi_k2() -> None:
    latent, experts = "Multi-head latent attention", "Mixture of experts"
    assert told("deepseek-v3", "kimi-k2") == [
        ("changed", "DeepSeek V3", "vocab_size", 129280, 163840),
        (
            "removed",
            "MTP module",
            "block",
            "MTP module, 1 layer, 11.6B (not in total), also reads the next token",
            None,
        ),
        ("changed", latent, "num_attention_heads", 128, 64),
        ("changed", latent, "position.rope_theta", 10000.0, 50000.0),
        ("changed", latent, "position.rope_scaling", "YaRN ×40 from 4,096 tokens", "YaRN ×32 from 4,096 tokens"),
        ("changed", experts, "num_experts", 256, 384),
        ("removed", experts, "n_group", 8, None),
        ("removed", experts, "topk_group", 4, None),
        ("changed", experts, "routed_scaling_factor", 2.5, 2.827),
        ("changed", "Layers", "order", "3 SwiGLU + 58 MoE", "1 SwiGLU + 60 MoE"),
        ("changed", "model", "total_parameters", 671026404352, 1026408209408),
        ("changed", "model", "active_parameters", 37552282624, 32861477888),
    ]


def test_a_table_that_is_added_is_the_only_one_that_is_new() -> None:
    found = [change[:2] for change in told("llama-3-8b", "gpt-2") if change[2] == "block"]
    assert ("added", "Position embedding") in found
    assert not any(where == "Token embedding" for _, where in found)


def test_the_indexer_is_what_v32_added() -> None:
    added = [change for change in told("deepseek-v3", "deepseek-v3-2") if change[0] == "added"]
    assert [(what, after) for _, _, what, _, after in added] == [
        ("indexer", "full"),
        ("index_n_heads", 64),
        ("index_head_dim", 128),
        ("index_topk", 2048),
        ("index_cache_bytes_per_token", 15616),
    ]


def test_qwen3_dropped_the_shared_expert_of_deepseek() -> None:
    found = told("deepseek-v3", "qwen3-235b-a22b")
    assert ("removed", "Mixture of experts", "n_shared_experts", 1, None) in found


def rows_of(first: str, second: str) -> dict[tuple[str, str], tuple[object, object, str]]:
    """The values and the sign of each change, by what changed and of what."""
    found = differs(first, second).changes
    return {(change.what, change.subject): (change.before, change.after, change.sign) for change in found}


def test_qwen3_next_and_kimi_linear_have_a_shared_expert_each() -> None:
    """One behind a gate, given by its width; the other given by the number of experts."""
    found = rows_of("qwen3-next-80b-a3b", "kimi-linear-48b-a3b")
    assert not any(what == "n_shared_experts" for what, _ in found)
    assert found["shared_expert_intermediate_size", ""] == (512, 1024, "changed")
    assert found["shared_expert_gate", ""] == (True, False, "removed")
    mixers = found["block", "linear mixer"], found["block", "attention"]
    assert [[str(value).split(",")[0] for value in row[:2]] for row in mixers] == [
        ["Gated DeltaNet", "Kimi Delta Attention"],
        ["Gated attention", "Multi-head latent attention"],
    ]


def test_both_of_deepseek_v32_and_v4_have_an_indexer() -> None:
    """But in the layer of multi-token prediction, which has one in the former alone."""
    found = rows_of("deepseek-v3-2", "deepseek-v4-pro")
    indexers = {(what, subject) for what, subject in found if what in ("indexer", "index_n_heads", "index_head_dim")}
    assert {one for one in indexers if one[1] != "MTP module"} == {("indexer", "")}
    assert found["indexer", ""] == ("full", "full", "changed"), "in half of the layers"
    assert found["index_n_heads", "MTP module"] == (64, None, "removed")
    assert found["index_topk", ""] == (2048, 1024, "changed")
    assert "recurrent_state_bytes" not in {what for what, _ in found}, "a window is no recurrent state"
    assert found["buffer_bytes", ""] == (0, 16826368, "added")


def test_gemma_scales_are_one_fact() -> None:
    found = rows_of("gemma-3-27b", "gemma-4-31b")
    assert found["attention_scale", ""] == ("1/√168", 1.0, "changed")
    assert found["head_dim", "global attention"] == (128, 512, "changed")
    assert found["head_dim", "sliding-window attention"] == (128, 256, "changed")


def test_windows_of_gpt_oss_are_what_qwen3_lacks() -> None:
    found = rows_of("gpt-oss-120b", "qwen3-235b-a22b")
    signs = {(change.where, change.sign) for change in differs("gpt-oss-120b", "qwen3-235b-a22b").changes}
    assert ("Sliding-window attention", "removed") in signs
    assert found["num_key_value_heads", ""] == (8, 4, "changed")


SIDE_BY_SIDE = """name: M
hidden_size: 64
vocab_size: 99
layers:
  - embedding
  - stack:
      num_hidden_layers: 2
      pattern: [LAYER]
  - output_head
"""
IN_TURN = (
    "{decoder: {attention: {multi_head: {num_attention_heads: 4}}, feed_forward: {gelu: {intermediate_size: 64}}}}"
)


def test_attention_beside_the_feed_forward_block_is_in_both_models() -> None:
    first = expand(parse_spec(SIDE_BY_SIDE.replace("LAYER", IN_TURN)))
    beside = IN_TURN.replace("{decoder: {", "{decoder: {placement: parallel, ")
    found = difference(first, expand(parse_spec(SIDE_BY_SIDE.replace("LAYER", beside))))
    assert [(change.what, change.sign) for change in found.changes if change.sort != "model"] == [
        ("placement", "changed")
    ]


def stacked_twice(*widths: int) -> Module:
    """A model of two towers side by side, a stack of layers in each."""
    towers = [
        Module(
            f"tower_{number}",
            f"Tower {number}",
            Residual(
                Module(
                    "layers",
                    "Layers",
                    level="stack",
                    body=Repeat(
                        Module(
                            "layer",
                            "Layer",
                            Module(
                                "mlp", "FFN", Leaf("up", "up"), "feed_forward", settings=(("width", width),), kind="k"
                            ),
                            level="layer",
                        ),
                        2,
                    ),
                )
            ),
        )
        for number, width in enumerate(widths)
    ]
    return Module("model", "Model", Parallel(tuple(towers)), level="model")


def test_stacks_are_paired_wherever_they_stand() -> None:
    found = difference(stacked_twice(1, 2), stacked_twice(1, 3))
    (change,) = found.changes
    assert (change.what, change.before, change.after) == ("width", 2, 3)
    assert change.paths == (("tower_1/layers/layer/mlp",), ("tower_1/layers/layer/mlp",))
    plain = replace(stacked_twice(1), body=Module("layers", "Layers", LAYERS, level="stack"))
    assert [change.what for change in difference(stacked_twice(1), plain).changes] == ["wiring"]


LAYERS = stacked_twice(1).body.branches[0].body.body.body  # type: ignore[union-attr]


def test_norm_placement_is_told_and_each_norm_moved() -> None:
    found = told("llama-3-8b", "olmo-2-7b")
    assert ("changed", "Decoder layer", "placement", "pre", "post") in found
    assert not any(where == "RMSNorm" for _, where, *_ in found), "both have it"
    assert differs("llama-3-8b", "olmo-2-7b").moved == ("RMSNorm",)
    assert ("changed", "Grouped-query attention", "block", "Grouped-query attention", "Multi-head attention") in found
    assert ("changed", "Grouped-query attention", "num_key_value_heads", 8, 32) in found


def test_windows_and_their_order() -> None:
    found = {(where, what): (before, after) for _, where, what, before, after in told("gemma-2-27b", "gemma-3-27b")}
    assert found["Sliding-window attention", "sliding_window"] == (4096, 1024)
    assert found["Sliding-window attention", "attn_logit_softcapping"] == (50.0, None)
    assert found["Layers", "order"] == (
        "(1 SWA + 1 global attention) × 23",
        "(5 SWA + 1 global attention) × 10 + 2 SWA",
    )


MUTATIONS = [
    (
        "gpt-2-xl",
        "max_position_embeddings: 1024",
        "max_position_embeddings: 2048",
        "Position embedding",
    ),
    ("gemma-2-27b", "final_logit_softcapping: 30", "final_logit_softcapping: 300", "logit softcap 30"),
    ("gpt-2-xl", "output_head", "output_head: {bias: true}", "LM head"),
]


@pytest.mark.parametrize(("slug", "old", "new", "where"), [(*one[:3], list(one[3:])) for one in MUTATIONS])
@pytest.mark.parametrize("widening", [0, 64])
def test_another_width_hides_no_change(slug: str, old: str, new: str, where: list[str], widening: int) -> None:
    """What is told of a change is told as well where the vocabulary differs too."""
    text = (SPECS / f"{slug}.yaml").read_text("utf-8")
    assert old in text
    vocabulary = re.search(r"^vocab_size: (\d+)$", text, re.MULTILINE)
    assert vocabulary
    changed = text.replace(old, new).replace(vocabulary[0], f"vocab_size: {int(vocabulary[1]) + widening}")
    first, second = (expand(parse_spec(one)) for one in (text, changed))
    found = [change.where for change in difference(first, second).changes if change.sort != "model"]
    assert list(dict.fromkeys(found)) == where


NESTED = """name: M
hidden_size: 16
vocab_size: 10
layers:
  - embedding
  - module:
      label: Memory
      body:
        - grouped_query: {num_attention_heads: 4, num_key_value_heads: 2, position: {rope: {rope_theta: 10000}}}
        - parallel: {merge: add, branches: [{linear: 16}, {op: SiLU}]}
        - {linear: {features: 12}}
        - {linear: 16}
  - decoder: {feed_forward: {swiglu: {intermediate_size: 64}}}
  - output_head
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [("rope_theta: 10000", "rope_theta: 20000"), ("merge: add", "merge: multiply"), ("features: 12", "features: 24")],
)
@pytest.mark.parametrize("vocabulary", [10, 20])
def test_another_width_hides_no_change_inside_of_a_block(old: str, new: str, vocabulary: int) -> None:
    changed = NESTED.replace(old, new).replace("vocab_size: 10", f"vocab_size: {vocabulary}")
    assert changed.count(new) == 1
    first, second = (expand(parse_spec(one)) for one in (NESTED, changed))
    paths = [path for change in difference(first, second).changes for own in change.paths for path in own]
    assert any("memory" in path for path in paths)


def test_a_loop_is_told_with_what_stands_in_it() -> None:
    found = told("ouro-thinking-2-6b", "qwen3-4b")
    assert ("removed", "Layers", "loop", "4 times", None) in found
    assert any(change[:2] == ("removed", "Exit gate") for change in found)


def test_a_change_in_one_kind_of_layers_is_not_that_of_all() -> None:
    heads = "num_attention_heads: 8"
    layer = "decoder: {{attention: {{multi_head: {{{heads}}}}}, feed_forward: {{{kind}: {{intermediate_size: 64}}}}}}"
    text = "name: M\nhidden_size: 64\nvocab_size: 9\nlayers: [{}, {}]\n".format(
        *("{" + layer.format(heads=heads, kind=kind) + "}" for kind in ("swiglu", "gelu"))
    )
    base = expand(parse_spec(text))
    one = difference(base, expand(parse_spec(text.replace(heads, "num_attention_heads: 4", 1))))
    both = difference(base, expand(parse_spec(text.replace(heads, "num_attention_heads: 4"))))
    layers = "layers/layer/self_attn", "layers/layer.gelu/self_attn"
    (heads_of_one,) = (change for change in one.changes if change.what == "num_attention_heads")
    assert (heads_of_one.before, heads_of_one.after, heads_of_one.paths) == (8, (4, 8), (layers, layers)), (
        "from the first layer on"
    )
    (heads_of_both,) = (change for change in both.changes if change.what == "num_attention_heads")
    assert (heads_of_both.before, heads_of_both.after, heads_of_both.paths) == (8, 4, (layers, layers))


def test_nothing_zero_and_no_are_not_the_same() -> None:
    def model(value: object) -> Module:
        block = Module("m", "m", Leaf("a", "a"), kind="k", settings=(("n", value),))  # type: ignore[arg-type]
        return Module("model", "Model", block, level="model")

    def sign(before: object, after: object) -> list[str]:
        return [change.sign for change in difference(model(before), model(after)).changes]

    assert sign(0, 3) == sign(True, 1) == ["changed"]
    assert sign(False, None) == []
    assert sign(False, 3) == ["added"]


def turns(*bases: int) -> Module:
    """A model whose layers take turns in the base of their positions."""
    attention = "grouped_query: {{num_attention_heads: 8, num_key_value_heads: 2, position: {{rope: {base}}}}}"
    layer = "decoder: {{attention: {{{attention}}}, feed_forward: {{swiglu: {{intermediate_size: 64}}}}}}"
    pattern = ", ".join("{" + layer.format(attention=attention.format(base=f"{base}.0")) + "}" for base in bases)
    layers = f"[embedding, {{stack: {{num_hidden_layers: 4, pattern: [{pattern}]}}}}, output_head]"
    return expand(parse_spec(f"name: M\nhidden_size: 64\nvocab_size: 100\nlayers: {layers}\n"))


def test_layers_that_differ_in_a_setting_only_are_two() -> None:
    """As in Gemma 3, whose global layers have another base: nothing is merged, nothing is equal that is not."""
    found = difference(turns(10_000, 1_000_000), turns(10_000, 10_000))
    assert [(change.sign, change.what, change.before, change.after) for change in found.changes] == [
        ("changed", "position.rope_theta", (10_000.0, 1_000_000.0), 10_000.0),
        (
            *("changed", "order"),
            "(1 RoPE θ 10,000 + 1 RoPE θ 1,000,000) × 2",
            "4 (GQA, SwiGLU)",
        ),
    ]
    assert "position.rope_theta" not in {one.what for one in found.equal}
    assert "num_key_value_heads" in {one.what for one in found.equal}


def test_another_order_is_written_differently_on_both_sides() -> None:
    (change,) = difference(turns(10_000, 1_000_000), turns(1_000_000, 10_000)).changes
    assert change.what == "order"
    assert change.before != change.after


def test_a_difference_as_data() -> None:
    one, other = (archdraw.load(SPECS / f"{slug}.yaml").block for slug in ("gpt-oss-20b", "gpt-oss-120b"))
    data = report(difference(one, other), "gpt-oss-20b", "gpt-oss-120b")
    assert data["changes"][0] == {
        "sign": "changed",
        "sort": "feed-forward",
        "block": "Mixture of experts",
        "what": "num_experts",
        "before": 32,
        "after": 128,
        "subject": "",
        "layers": [None, None],
        "paths": [["layers/layer/mlp", "layers/layer.attention/mlp"]] * 2,
    }
    assert {"sort": "token mixer", "block": "Sliding-window attention", "what": "sliding_window", "value": 128} in data[
        "equal"
    ]


@pytest.mark.parametrize("slug", sorted(path.stem for path in SPECS.glob("*.yaml"))[::9])
def test_real_models_do_not_differ_from_themselves(slug: str) -> None:
    first, second = (archdraw.load(SPECS / f"{slug}.yaml").block for _ in range(2))
    assert difference(first, second).changes == ()


def test_a_change_turned_twice_is_itself() -> None:
    change = Change("added", "norm", ("", "RMSNorm"), "block", None, "RMSNorm", (("a",), ("b",)))
    assert change.turned() != change == change.turned().turned()

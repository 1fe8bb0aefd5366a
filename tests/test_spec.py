"""The spec language: what is written, the tree it stands for, and where its values stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.errors import InputError, Span
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Parallel, Repeat, Residual, Sequence
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.runs import cycled, number_of_layers
from archdraw.tree.walks import children, layers, leaves

TESTS = Path(__file__).parent
HEAD = "name: Tiny\ncontext_length: 4096\nhidden_size: 1024\nvocab_size: 32000\n"
LAYER = "{decoder: {feed_forward: {swiglu: {intermediate_size: %d}}}}"


def tree(layers_text: str, define: str = "") -> tuple[Block, ...]:
    """The blocks of a model with these layers."""
    text = f"{HEAD}{define}layers:\n{layers_text}\n"
    model = expand(parse_spec(text))
    assert isinstance(model.body, Sequence)
    return model.body.parts


def one(expression: str, define: str = "") -> Block:
    """The one block that an expression stands for."""
    (block,) = tree(f"  - {expression}", define)
    return block


def layer_body(fields: str) -> Block:
    """What is inside the one layer of a stack."""
    stack = one(f"decoder: {{{fields}}}")
    assert isinstance(stack, Module)
    (layer,) = layers(stack)
    return layer.body


def refused(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        expand(parse_spec(text))
    return [problem.message for problem in caught.value.problems]


def shape(block: Block) -> object:
    """``block`` with names only: what stands where."""
    match block:
        case Leaf(name=name):
            return name
        case Module(name=name):
            return name
        case Residual(body=body):
            return ("+", shape(body))
        case Repeat(body=body, times=times):
            return (times, shape(body))
        case _:
            return [shape(part) for part in children(block)]


ATTENTION = "attention: {multi_head: {num_attention_heads: 16}}"
BOTH = f"{ATTENTION}, feed_forward: {{gelu: {{intermediate_size: 4096}}}}"


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        (
            "pre",
            [("+", ["input_layernorm", "self_attn"]), ("+", ["post_attention_layernorm", "mlp"])],
        ),
        (
            "post",
            [("+", ["self_attn", "post_attention_layernorm"]), ("+", ["mlp", "post_feedforward_layernorm"])],
        ),
        (
            "sandwich",
            [
                ("+", ["input_layernorm", "self_attn", "post_attention_layernorm"]),
                ("+", ["pre_feedforward_layernorm", "mlp", "post_feedforward_layernorm"]),
            ],
        ),
        ("parallel", ("+", ["input_layernorm", ["self_attn", "mlp"]])),
        (
            "post_add",
            [("+", "self_attn"), "post_attention_layernorm", ("+", "mlp"), "post_feedforward_layernorm"],
        ),
    ],
)
def test_placements(placement: str, expected: object) -> None:
    assert shape(layer_body(f"placement: {placement}, {BOTH}")) == expected


def test_a_layer_may_lack_a_sublayer() -> None:
    assert shape(layer_body(ATTENTION)) == [("+", ["input_layernorm", "self_attn"])]
    mlp = "feed_forward: {gelu: {intermediate_size: 4096}}"
    assert shape(layer_body(mlp)) == [("+", ["input_layernorm", "mlp"])]
    assert shape(layer_body(f"placement: sandwich, {mlp}")) == [
        ("+", ["pre_feedforward_layernorm", "mlp", "post_feedforward_layernorm"])
    ]
    assert refused(f"{HEAD}layers: [decoder]\n") == ["a decoder needs attention, feed_forward, or both"]


def test_the_norms_of_a_sandwich_are_told_apart() -> None:
    made = layer_body(f"placement: sandwich, {ATTENTION}")
    labels = [describe(leaf).label for leaf in leaves(made) if leaf.part == "norm"]
    assert labels == ["Pre-attention RMSNorm", "Post-attention RMSNorm"]


def test_times_is_a_repeat() -> None:
    stack = one(f"decoder: {{times: 3, {ATTENTION}}}")
    assert isinstance(stack, Module)
    assert stack.level == "stack"
    assert shape(stack.body) == [(3, "layer")]


def test_layers_in_a_row_are_framed() -> None:
    layer = LAYER % 64
    parts = tree(f"  - embedding\n  - {layer}\n  - {layer}\n  - rmsnorm\n  - {layer}\n  - output_head")
    assert [getattr(part, "name", "") for part in parts] == ["embed_tokens", "layers", "norm", "layers", "lm_head"]


def test_five_to_one_is_factored() -> None:
    define = f"define:\n  local: {LAYER % 64}\n  global: {LAYER % 128}\n"
    stack = one("stack: {num_hidden_layers: 62, pattern: [local, local, local, local, local, global]}", define)
    assert isinstance(stack, Module)
    assert shape(stack.body) == [(10, [(5, "layer"), "layer"]), (2, "layer")]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), st.integers(0, 40))
def test_a_stack_is_its_pattern_again_and_again(pattern: list[str], more: int) -> None:
    number = len(pattern) + more
    blocks = [Module("layer", letter, Leaf(letter, letter), level="layer") for letter in pattern]
    made = cycled(blocks, number)
    assert [layer.label for layer in layers(made)] == [pattern[place % len(pattern)] for place in range(number)]
    assert number_of_layers(made) == number


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=24))
def test_factoring_repeats_nothing_that_could_be_a_repeat(pattern: list[str]) -> None:
    blocks = [Module("layer", letter, Leaf(letter, letter), level="layer") for letter in pattern]

    def check(block: Block) -> None:
        if isinstance(block, Sequence):
            assert all(left != right for left, right in zip(block.parts, block.parts[1:], strict=False))
        if isinstance(block, Repeat):
            assert block.times >= 2
            assert not isinstance(block.body, Repeat)
        for child in children(block):
            check(child)

    check(cycled(blocks, len(blocks)))


def test_a_pattern_can_hold_runs_and_whole_stacks() -> None:
    define = (
        f"define:\n  a: {{decoder: {{times: 2, feed_forward: {{gelu: {{intermediate_size: 64}}}}}}}}\n"
        f"  b: {LAYER % 64}\n  pair: {{stack: [a, b]}}\n"
    )
    stack = one("stack: {num_hidden_layers: 7, pattern: [pair]}", define)
    assert isinstance(stack, Module)
    assert shape(stack.body) == [(2, [(2, "layer"), "layer"]), "layer"]


def test_long_stacks_are_quick_to_factor() -> None:
    define = f"define:\n  a: {LAYER % 64}\n  b: {LAYER % 128}\n"
    pattern = ", ".join("ab"[(place * place // 7) % 2] for place in range(997))
    stack = one(f"stack: {{num_hidden_layers: 10000, pattern: [{pattern}]}}", define)
    assert number_of_layers(stack) == 10_000


def test_like_changes_a_copy() -> None:
    define = """define:
  local: {decoder: {placement: post, attention: {grouped_query: {num_attention_heads: 16, num_key_value_heads: 4,
    head_dim: 64, sliding_window: 512, position: {rope: {rope_theta: 1e4}}}}}}
  global: {like: local, attention: {grouped_query: {sliding_window: null, position: {rope: {rope_theta: 1e6}}}}}
  dense: {like: local, attention: null, placement: null, feed_forward: {gelu: {intermediate_size: 8}}}
  other: {like: local, attention: {multi_head: {num_attention_heads: 16}}}
"""
    spec = parse_spec(f"{HEAD}{define}layers: [local, global, dense, other]\n")
    local, different, dense, other = map(_fields, spec.layers)
    attention, changed = _fields(local.pop("attention")), _fields(different.pop("attention"))
    assert local == different
    assert attention.pop("sliding_window") == 512
    assert changed.pop("sliding_window") is None
    assert attention.pop("position").rope_theta == 10_000
    assert changed.pop("position").rope_theta == 1_000_000
    assert attention == changed
    assert (dense["attention"], dense["placement"]) == (None, "pre")
    assert (other["attention"].keyword, other["placement"]) == ("multi_head", "post")


def _fields(kind: Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in kind.model_fields}


def test_equal_layers_are_equal_blocks() -> None:
    define = f"define:\n  a: {LAYER % 64}\n  b: {{like: a}}\n"
    stack = one("stack: [a, b]", define)
    assert isinstance(stack, Module)
    assert shape(stack.body) == [(2, "layer")]


def test_a_name_of_the_author_goes_first() -> None:
    spec = parse_spec(f"{HEAD}define:\n  rmsnorm: {{rmsnorm: {{label: Mine}}}}\nlayers: [rmsnorm]\n")
    (norm,) = children(expand(spec).body)
    assert isinstance(norm, Leaf)
    assert norm.label == "Mine"


def test_short_forms_mean_the_long_ones() -> None:
    assert one("[rmsnorm, rmsnorm]") == one("sequence: {parts: [rmsnorm, rmsnorm]}")
    assert one("residual: rmsnorm") == one("residual: {body: {rmsnorm: {}}}") == one("residual: {rmsnorm: null}")
    assert one("linear: 1024") == one("linear: {features: 1024}")
    assert one("op: SiLU") == one("op: {label: SiLU}")


def test_projections_take_the_width_of_the_line() -> None:
    block = one(
        "[linear: 256, rmsnorm, {linear: {features: 512, bias: true, outputs: [a, b]}}, concatenate, linear: 1024]"
    )
    weights = [weight.shape for leaf in leaves(block) for weight in leaf.weights]
    assert weights == [(256, 1024), (256,), (512, 256), (512,), (1024, 512)]


def test_concatenated_branches_are_as_wide_as_their_sum() -> None:
    block = one("[{parallel: {branches: [linear: 256, linear: 512], merge: concatenate}}, linear: 8]")
    assert [leaf.weights[0].shape for leaf in leaves(block)] == [(256, 1024), (512, 1024), (8, 768)]


def test_experts_have_a_router() -> None:
    block = one("experts: {total: 8, active: 2, body: {linear: 1024}}")
    assert isinstance(block, Sequence)
    router, experts = block.parts
    assert isinstance(router, Leaf)
    assert router.weights[0].shape == (8, 1024)
    assert isinstance(experts, Experts)
    assert (experts.total, experts.active) == (8, 2)
    assert {leaf.part for leaf in leaves(experts)} == {"experts"}
    assert isinstance(one("experts: {total: 8, active: 2, router: false, body: {linear: 1024}}"), Experts)


def test_parameters_of_a_block_are_booked_by_its_role_or_its_place() -> None:
    own = one("module: {label: My block, role: linear, body: [{linear: 64}, {linear: {features: 1024, role: norm}}]}")
    assert isinstance(own, Module)
    assert (own.name, own.kind) == ("my_block", "module")
    assert [leaf.part for leaf in leaves(own)] == ["token_mixing", "norm"]
    body = layer_body("feed_forward: [linear: 64, linear: 1024]")
    assert [leaf.part for leaf in leaves(body)] == ["norm", "feed_forward", "feed_forward"]


def test_repeats_and_branches() -> None:
    assert isinstance(one("repeat: {times: 3, body: rmsnorm}"), Repeat)
    assert isinstance(one("repeat: {times: 1, body: rmsnorm}"), Leaf)
    block = one("parallel: [rmsnorm, layernorm]")
    assert isinstance(block, Parallel)
    assert block.merge == "add"


def test_what_is_written_about_a_model() -> None:
    spec = parse_spec(
        HEAD.replace("name: Tiny", "name: 'Tiny\n  model'")
        + "released: 2024\nlinks: {report: https://example.org/x}\ninsets: false\nsources: {vocab_size: config.json}\n"
        "parents: [{model: old, changes: [bigger]}]\npublished: {total_parameters: 8.03e9}\nlayers: [rmsnorm]\n"
    )
    assert spec.name == "Tiny model"
    assert spec.released == "2024"
    assert spec.insets is False
    assert spec.parents[0].relation == "successor"
    assert spec.published is not None
    assert spec.published.total_parameters == 8_030_000_000
    assert spec.written("published", "total_parameters") == "8.03e9"
    assert spec.written("published", "active_parameters") == ""
    assert spec.span("published", "total_parameters") == Span("<text>", 11, 31, 6)
    assert str(spec.problem("is wrong", "published", "total_parameters")).startswith("<text>:11:31: error: is wrong\n")
    assert spec.warnings == ()


def test_what_nothing_uses_is_a_warning() -> None:
    spec = parse_spec(f"{HEAD}define:\n  spare: rmsnorm\n  used: rmsnorm\nlayers: [used]\n", "x.yaml")
    (warning,) = spec.warnings
    assert str(warning).splitlines()[0] == "x.yaml:6:3: warning: spare is defined but not used"


def test_a_field_under_a_former_name_is_read_with_a_warning() -> None:
    text = (
        f"{HEAD}define: {{shift: {{op: {{label: Shift, chip: one back}}}}}}\n"
        "layers:\n  - layer: [shift, {op: {label: Cap, tag: capped}}, {like: shift, chip: two back}]\n"
    )
    spec = parse_spec(text)
    assert [(one.span.line, one.span.column, one.message, one.hint, one.severity) for one in spec.warnings] == [
        (5, 37, "chip of op is now called tag", "write tag", "warning"),
        (7, 67, "chip of op is now called tag", "write tag", "warning"),
    ]
    assert [leaf.tag for leaf in leaves(expand(spec))] == ["one back", "capped", "two back"]
    both = text.replace("chip: one back", "chip: one back, tag: one back").replace("chip: two", "tag: two")
    assert refused(both) == ["op has no field chip"]


def test_broken_definitions_are_told_once_however_often_used() -> None:
    text = f"{HEAD}define:\n  a: {{rmsnorm: {{width: 1}}}}\n  b: {{like: a, label: x}}\nlayers: [a, a, b]\n"
    assert refused(text) == ["rmsnorm has no field width"]


def test_problems_of_text_and_meaning_are_told_together() -> None:
    assert refused(f"{HEAD}name: Again\nlayers: [rmsnrom]\n") == ["duplicate key name", "no block is called rmsnrom"]


BEFORE = {"input": "", "side_output": "", "concatenate": "  - parallel: {merge: separate, branches: [[], []]}\n"}
"""What stands before the example of a kind that does not read one line: nothing, or what leaves several."""


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.keyword)
def test_every_example_is_what_can_be_pasted(kind: type[Kind]) -> None:
    assert kind.__doc__
    assert kind.source
    head = HEAD.replace("1024", "4096")
    example = kind.example.replace("\n", "\n      ")
    if kind.family == "position":
        example = f"grouped_query: {{num_attention_heads: 32, num_key_value_heads: 8, position: {{{example}}}}}"
        example = example.replace("{none}", "none")
    if kind.family == "residual":
        example = f"decoder: {{feed_forward: {{swiglu: {{intermediate_size: 64}}}}, residual: {{{example}}}}}"
    before = BEFORE.get(kind.keyword, "  - embedding\n")
    spec = parse_spec(f"{head}layers:\n{before}  - {example}\n")
    assert children(expand(spec).body)
    if kind.family not in ("position", "residual"):
        assert isinstance(spec.layers[-1], kind)


WORDS = re.findall(r"[\w.]+|[^\w\s]|\s+", (TESTS / "specs" / "invented.yaml").read_text(encoding="utf-8"))


@given(st.data())
def test_a_damaged_spec_is_a_tree_or_an_input_error(data: st.DataObject) -> None:
    words = list(WORDS)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(words) - 1))
        words[place] = data.draw(
            st.sampled_from([*sorted(set(WORDS)), "", "null", "-1", "0", "1e9", "like", "[]", "{}"])
        )
    try:
        model = expand(parse_spec("".join(words)))
    except InputError:
        return  # anything else that is raised is a fault
    assert facts(model).total_parameters > 0


def test_the_invented_model() -> None:
    model = expand(load_spec(TESTS / "specs" / "invented.yaml"))
    stack = layers(model)
    assert [describe(layer).label.split()[0] for layer in stack] == (
        ["Memory", "Local", "Local", "Memory", "Local", "Global", "Memory", "Local", "Local", "Local", "Global"]
    )
    # embedding and head, final norm; norms; attention of 2048 -> (2048 + 2 x 512) -> 2048; feed forwards; memories
    local_norms, other_norms = 6, 2 * 5
    attention, feed_forward, memory = 2048 * (2048 + 2 * 512 + 2048), 3 * 2048 * 5632, 3 * 2048 * 3072
    expected = 2 * 64000 * 2048 + 2048 * (1 + local_norms + other_norms)
    expected += 8 * attention + 11 * feed_forward + 3 * memory
    assert facts(model).total_parameters == expected


def test_the_documentation_shows_the_invented_model() -> None:
    text = (TESTS.parent / "docs" / "spec.md").read_text(encoding="utf-8")
    assert f"```yaml\n{(TESTS / 'specs' / 'invented.yaml').read_text(encoding='utf-8')}```" in text


def test_the_documentation_names_every_key_and_every_algebraic_word() -> None:
    from archdraw.spec import Spec

    text = (TESTS.parent / "docs" / "spec.md").read_text(encoding="utf-8")
    words = set(Spec.model_fields) | {word for word, kind in kinds().items() if kind.family in ("block", "layer")}
    assert not {word for word in words if f"`{word}`" not in text}

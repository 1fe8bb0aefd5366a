"""Templates: blocks with parameters, as an author writes them and as the package ships them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archdraw
import archdraw.kinds
from archdraw.errors import InputError
from archdraw.glossary import text
from archdraw.kinds.registry import kinds
from archdraw.source import MappingNode, SequenceNode, parse
from archdraw.spec import expand, parse_spec, templates
from archdraw.spec.substitution import Substitution
from archdraw.spec.templates import Template
from archdraw.spec.values import LARGEST, Expression, ExpressionError, expression, pieces
from archdraw.tree.blocks import Leaf, Module, Repeat, Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves, walk

HEAD = "name: Tiny\nhidden_size: 64\nvocab_size: 100\n"
DOCS = Path(__file__).parents[1] / "docs" / "spec.md"


def model(define: str, layers: str) -> Module:
    return expand(parse_spec(f"{HEAD}define:\n{define}\nlayers:\n{layers}\n", "tiny.yaml"))


def refused(define: str, layers: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        model(define, layers)
    return [str(problem) for problem in caught.value.problems]


def labels(block: Module) -> list[str]:
    return [text(part.label) for _, part in walk(block) if isinstance(part, Leaf)]


WIDE = """
  wide:
    parameters: {factor: 4, bias: false, act: {type: string, default: silu}, back: {default: null}}
    values: {inner: line_width * factor}
    block:
      module:
        label: Wide ×$factor
        body:
          - linear: {name: up, features: $inner, label: $line_width to $inner, bias: $bias}
          - activation: $act
          - {if: back, then: {op: {label: shift by $back}}}
          - for: index
            in: range(1, 3)
            do: {op: {name: step$index, label: step $index of $inner}}
          - linear: {features: $line_width, name: down}
"""


def test_values_arithmetic_conditions_and_loops() -> None:
    made = model(WIDE, "  - wide\n  - wide: {factor: 2, bias: true, act: gelu, back: 3}")
    assert labels(made) == [
        *("64 to 256", "SiLU", "step 1 of 256", "step 2 of 256", "down 64"),
        *("64 to 128", "GELU", "shift by 3", "step 1 of 128", "step 2 of 128", "down 64"),
    ]
    assert facts(made).total_parameters == 2 * 64 * 256 + 2 * 64 * 128 + 128
    modules = [part for _, part in walk(made) if isinstance(part, Module) and part.kind == "wide"]
    assert [module.label for module in modules] == ["Wide ×4", "Wide ×2"]
    assert dict(modules[1].settings) == {"factor": 2, "bias": True, "act": "gelu", "back": 3}


def test_numbers_in_texts_have_separators_and_names_have_none() -> None:
    define = "  t: {parameters: {n: 4096}, block: {linear: {features: 64, name: part$n, label: 'n $n, $$5'}}}"
    (leaf,) = [part for part in leaves(model(define, "  - t")) if isinstance(part, Leaf)]
    assert (leaf.name, leaf.label) == ("part4096", "n 4,096, $5")


def test_a_block_can_be_given_for_a_parameter() -> None:
    define = "  twice:\n    parameters: {inside: {type: block}}\n    block: [residual: $inside, residual: $inside]"
    made = model(define, "  - twice: {inside: [rmsnorm, linear: 64]}")
    assert facts(made).total_parameters == 2 * (64 + 64 * 64)


WRAP = "  wrap: {parameters: {inside: {type: block}}, block: {residual: [rmsnorm, $inside]}}"


def wrapped(times: int) -> str:
    text = "rmsnorm"
    for _ in range(times):
        text = f"{{wrap: {{inside: {text}}}}}"
    return f"  - {text}"


def test_a_template_can_be_given_to_itself() -> None:
    assert facts(model(WRAP, wrapped(3))).total_parameters == 4 * 64
    (problem,) = refused(WRAP, wrapped(25))
    assert "blocks are nested deeper than 64 with all templates written out" in problem


def test_templates_use_definitions_and_other_templates() -> None:
    define = (
        "  up: {parameters: {width: null}, block: [{linear: $width}, back]}\n"
        "  both: {parameters: {width: 8}, block: [up: {width: $(width * 2)}, up: {width: $width}]}\n"
        "  back: {linear: 64}\n"
        "  narrow: {both: {width: 2}}\n"
        "  wider: {like: narrow, width: 3}"
    )
    made = model(define, "  - both\n  - wider")
    assert facts(made).total_parameters == 2 * 64 * (16 + 8 + 6 + 3)


def test_a_template_of_a_layer_is_a_layer() -> None:
    define = (
        "  mine:\n    parameters: {width: 96}\n"
        "    block: {decoder: {feed_forward: {swiglu: {intermediate_size: $width}}}}"
    )
    made = model(define, "  - stack: {num_hidden_layers: 4, pattern: [mine, mine: {width: 32}]}")
    assert facts(made).layers == 4
    assert facts(made).total_parameters == 4 * 64 + 2 * 3 * 64 * (96 + 32)


def test_the_encoder_of_the_documentation() -> None:
    (written,) = [
        block
        for block in re.findall(r"^```yaml\n(.*?)^```", DOCS.read_text("utf-8"), re.M | re.S)
        if "strip_encoder:" in block
    ]
    made = expand(parse_spec(f"name: Tiny\nhidden_size: 512\nvocab_size: 100\n{written}"))
    (side,) = [part for _, part in walk(made) if isinstance(part, Side)]
    assert side.body.kind == "strip_encoder"
    assert text(side.body.detail).startswith("12 layers, ")
    assert side.body.notes == ("one token per 16 px of width",)
    repeats = [(part.times, part.body) for _, part in walk(side.body) if isinstance(part, Repeat)]
    # Two windows, a full layer, two windows, and what remains.
    assert [times for times, _ in repeats] == [2, 2, 7]
    assert (
        facts(made).encoders
        == facts(side).total_parameters
        == 3 * 16 * 16 * 384
        + 384
        + 12 * (4 * 384 * 384 + 4 * 384 + 8 * 384 * 384 + 5 * 384 + 4 * 384)
        + 384 * 512
        + 512 * 512
    )


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            "  - wide: {factor: 0}",
            "tiny.yaml:22:20: error: factor must be 1 or more, not 0\n"
            "   22 |   - wide: {factor: 0}\n"
            "      |                    ^",
        ),
        (
            "  - wide: {act: sine}",
            "tiny.yaml:22:17: error: sine is no activation that is known\n"
            "   22 |   - wide: {act: sine}\n"
            "      |                 ^^^^\n"
            "  hint: one of gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, silu, relu, relu2, tanh; "
            "act of the template wide",
        ),
        (
            "  - wide: {facto: 2}",
            "tiny.yaml:22:12: error: wide has no field facto\n"
            "   22 |   - wide: {facto: 2}\n"
            "      |            ^^^^^\n"
            "  hint: did you mean factor or act?",
        ),
        (
            "  - wide: {factor: 20000000}",
            "tiny.yaml:22:20: error: features must be at most 1,000,000,000, not 1280000000\n"
            "   22 |   - wide: {factor: 20000000}\n"
            "      |                    ^^^^^^^^\n"
            "  hint: factor of the template wide",
        ),
    ],
)
def test_a_wrong_value_is_reported_where_it_was_written(layers: str, message: str) -> None:
    assert refused(WIDE, layers) == [message]


def test_a_fault_of_a_value_for_a_shipped_template_is_at_the_value_and_names_no_file_of_archdraw() -> None:
    (problem,) = refused(
        "  x: rmsnorm",
        "  - x\n  - qwen_vision: {hidden_size: 16, intermediate_size: 8, depth: 3, num_heads: 5, patch_size: 4}",
    )
    assert problem.startswith("tiny.yaml:8:79: error: 5 heads do not divide 16 features\n")
    assert "hint" not in problem


def test_a_fault_of_a_block_that_a_shipped_template_is_given_is_at_that_block() -> None:
    tower = "hidden_size: 16, intermediate_size: 8, num_hidden_layers: 2, num_attention_heads: 2, patch_size: 4"
    line = f"  - vision_transformer: {{{tower}, projector: [{{activation: geluu}}, {{linear: 8}}]}}"
    (problem,) = refused("  x: rmsnorm", f"  - x\n  - embedding\n{line}")
    assert problem.startswith(f"tiny.yaml:9:{line.index('geluu') + 1}: error: geluu is no activation that is known\n")
    assert problem.endswith("\n  hint: did you mean gelu or relu or gelu_new?")
    (problem,) = refused("  x: rmsnorm", f"  - x\n  - embedding\n{line.replace('geluu', 'gelu')}")
    assert problem.startswith(f"tiny.yaml:9:{line.index('[') + 1}: error: an encoder leaves 8 features where the line")
    assert problem.endswith("\n  hint: end it with linear: 64")


def test_several_faults_of_one_use_are_reported_each_at_its_value() -> None:
    problems = refused(WIDE, "  - wide: {act: sine}\n  - wide: {factor: 20000000, act: swish}")
    assert [problem.partition("\n")[0] for problem in problems] == [
        "tiny.yaml:22:17: error: sine is no activation that is known",
        "tiny.yaml:23:20: error: features must be at most 1,000,000,000, not 1280000000",
    ]
    fields = "hidden_size: 100, intermediate_size: 4, num_hidden_layers: 2, num_attention_heads: 16, hidden_act: foo"
    problems = refused("  x: rmsnorm", f"  - x\n  - pixtral_vision: {{{fields}}}")
    assert [problem.partition("\n")[0] for problem in problems] == [
        "tiny.yaml:8:105: error: 16 heads do not divide 100 features",
        "tiny.yaml:8:121: error: foo is no activation that is known",
    ]


def test_a_fault_inside_of_an_own_template_points_into_it() -> None:
    define = "  t: {parameters: {n: 2}, block: [linear: 32, residual: {linear: 16}]}"
    assert refused(define, "  - embedding\n  - t: {n: 3}") == [
        "tiny.yaml:5:57: error: the branch of a residual leaves 16 features where 32 came in\n"
        "    5 |   t: {parameters: {n: 2}, block: [linear: 32, residual: {linear: 16}]}\n"
        "      |                                                         ^^^^^^^^^^^^\n"
        "  hint: end it with linear: 32; in the template t, used in line 8"
    ]


@pytest.mark.parametrize(
    ("define", "message"),
    [
        ("  t: {parameters: {n: 2}, block: {linear: $m}}", "no parameter or value is called m"),
        ("  t: {parameters: {n: 2}, block: {linear: $(n +)}}", "n + is no expression"),
        ("  t: {parameters: {n: 2}, block: {linear: $(n.real)}}", "n.real cannot be written in an expression"),
        ("  t: {parameters: {n: 2}, block: {linear: $(open(n))}}", "open is no function"),
        ("  t: {parameters: {n: 2}}", "template t needs block"),
        ("  t: {parameters: {n: {type: size}}, block: rmsnorm}", "type must be"),
        ("  t: {parameters: {n: {default: 0}}, block: rmsnorm}", "the default of n does not fit"),
        ("  t: {parameters: {expand: 2}, block: rmsnorm}", "expand cannot be the name of a parameter"),
        ("  t: {parameters: {_n: 2}, block: rmsnorm}", "_n cannot be the name of a parameter"),
        ("  t: {parameters: {n: 2}, values: {_m: 3}, block: rmsnorm}", "_m cannot be the name of a value"),
        ("  t: {parameters: {n: {enum: []}}, block: rmsnorm}", "enum must be a list of 1 or more, not an empty list"),
        (
            "  t: {parameters: {n: {minimum: 5, maximum: 3}}, block: rmsnorm}",
            "parameter n: minimum 5 is more than maximum 3",
        ),
        (
            "  t: {parameters: {n: {maximum: 0}}, block: rmsnorm}",
            "parameter n: maximum 0 is less than the minimum of an integer, 1",
        ),
        (
            "  t: {parameters: {n: {type: number, maximum: 0}}, block: rmsnorm}",
            "parameter n: maximum 0 is not more than 0",
        ),
        (
            "  t: {parameters: {n: {type: [integer], min_items: 5, max_items: 3}}, block: rmsnorm}",
            "parameter n: min_items 5 is more than max_items 3",
        ),
        ("  t: {parameters: {n: {enum: [1, two]}}, block: rmsnorm}", "parameter n: enum two is not of type integer"),
        (
            "  t: {parameters: {n: {type: [string], enum: [1, two]}}, block: rmsnorm}",
            "parameter n: enum 1 is not of type string",
        ),
        (
            "  t: {parameters: {n: {type: norm, enum: [1]}}, block: rmsnorm}",
            "parameter n: a parameter of type norm takes no enum",
        ),
        (
            "  t: {parameters: {n: 2}, block: [{if: n, do: rmsnorm}]}",
            "if has the keys if, then and, where it is needed",
        ),
        (
            "  t: {parameters: {n: 2}, block: [{for: n, do: rmsnorm}]}",
            "for has the keys for, in and do; here are for, do",
        ),
        ("  t: {parameters: {n: 2}, values: {n: 3}, block: rmsnorm}", "n cannot be the name of a value"),
        ("  t: {parameters: {n: 2}, checks: [n], block: rmsnorm}", "a check has the keys that, message and at"),
        ("  t: {parameters: {n: 2}, colour: red, block: rmsnorm}", "template t has no field colour"),
    ],
)
def test_what_is_wrong_with_a_template_is_reported_once_used_or_not(define: str, message: str) -> None:
    for layers in ("  - rmsnorm", "  - t: {n: 5}\n  - t"):
        (problem,) = refused(define, layers)
        assert re.match(r"tiny\.yaml:5:\d+: error: ", problem)
        assert message in problem


def test_checks_speak_of_their_parameter() -> None:
    define = (
        "  t:\n    parameters: {n: 2, m: 3}\n    checks: [{that: n < m, message: n $n is not less than m $m, at: n}]\n"
        "    block: {linear: $n}"
    )
    (problem,) = refused(define, "  - t: {n: 4000}")
    assert problem.startswith("tiny.yaml:10:12: error: n 4,000 is not less than m 3\n")


@pytest.mark.parametrize(
    ("define", "layers", "message"),
    [
        ("  t: {parameters: {n: 2}, block: [linear: 8, t]}", "  - t", "t is defined by itself: t -> t"),
        (
            "  a: {parameters: {n: 2}, block: [b]}\n  b: {parameters: {n: 2}, block: [a: {n: $n}]}",
            "  - a",
            "a is defined by itself: a -> b -> a",
        ),
        (
            "  t: {parameters: {n: 2}, block: [{for: i, in: range(n), do: {for: j, in: range(n), do: rmsnorm}}]}",
            "  - t: {n: 1000}",
            "more than 50,000 values with all loops written out",
        ),
        (
            "  t: {parameters: {n: 2}, block: [{for: i, in: range(n), do: {for: j, in: range(n), do: []}}, rmsnorm]}",
            "  - t: {n: 1000}",
            "more than 50,000 values with all loops written out",
        ),
        ("  t: {parameters: {n: 2}, block: {linear: $(9 ** 9 ** 9)}}", "  - t", "is too large a power"),
        ("  t: {parameters: {n: 2}, block: {linear: $(2 ** 60)}}", "  - t", "2 ** 60 is too large a number"),
        ("  t: {parameters: {n: 2}, block: {linear: $(len(range(10 ** 9)))}}", "  - t", "at most 1,000 are made"),
        ("  t: {parameters: {n: 2}, block: {linear: $(n // 0)}}", "  - t", "n // 0 divides by 0"),
    ],
)
def test_bombs_are_refused(define: str, layers: str, message: str) -> None:
    assert any(message in problem for problem in refused(define, layers))


def test_a_chain_of_templates_is_refused_before_it_is_too_deep() -> None:
    chain = "\n".join(f"  t{n}: {{parameters: {{n: 2}}, block: [t{n + 1}, t{n + 1}]}}" for n in range(300))
    (problem, *_) = refused(f"{chain}\n  t300: rmsnorm", "  - t0")
    assert "blocks are nested deeper than 64" in problem


def test_a_tree_of_templates_is_counted_at_every_use() -> None:
    chain = "\n".join(f"  t{n}: {{parameters: {{n: 2}}, block: [{', '.join([f't{n + 1}'] * 8)}]}}" for n in range(8))
    (problem, *_) = refused(f"{chain}\n  t8: rmsnorm", "  - t0")
    assert "more than 50,000 values with all templates written out" in problem


def test_an_unused_template_is_a_warning() -> None:
    spec = parse_spec(f"{HEAD}define:\n{WIDE}\nlayers: [rmsnorm]\n")
    assert [problem.message for problem in spec.warnings] == ["wide is defined but not used"]
    used = parse_spec(f"{HEAD}define:\n{WIDE}\nlayers: [wide]\n")
    assert not used.warnings


SHIPPED = sorted(path.stem for path in Path(archdraw.kinds.__path__[0]).rglob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_templates_describe_themselves_and_their_examples_work(name: str) -> None:
    kind = kinds()[name]
    assert issubclass(kind, Template)
    assert kind.term.text != kind.term.short
    assert kind.aliases
    if kind.family == "side":
        assert [concept.name for concept in kind.concepts] in (["image input"], ["audio input"])
    assert all(field.description for field in kind.model_fields.values())
    assert "Source" not in kind.source
    assert kind.source
    if kind.family != "side":
        # What is not a whole encoder is a part of one.
        indented = "\n".join(f"          {line}" for line in kind.example.splitlines()).strip()
        encoder = f"modality_encoder:\n      label: Any\n      body:\n        - {indented}\n        - linear: 64\n"
        assert facts(expand(parse_spec(f"{HEAD}layers:\n  - embedding\n  - {encoder}"))).encoders > 64 * 64
        return
    example = "\n".join(f"    {line}" for line in kind.example.splitlines()).strip()
    made = expand(parse_spec(f"{HEAD}layers:\n  - embedding\n  - {example}\n"))
    (side,) = [part for _, part in walk(made) if isinstance(part, Side) and part.direction == "in"]
    assert side.body.kind == name
    assert facts(side).encoders == facts(side).total_parameters > 0


NUMBERS = st.integers(0, 9)
TEXTS = st.recursive(
    NUMBERS.map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "<", "==", "and", "or"]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"max([{', '.join(items)}])"),
    ),
    max_leaves=8,
)


@given(TEXTS)
def test_expressions_come_to_what_python_says(written: str) -> None:
    expected: Any = eval(written)
    assert abs(expected) < LARGEST
    assert expression(written).value({}) == expected


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_values(written: str) -> None:
    try:
        found = pieces(written)
    except ExpressionError:
        return
    if "$" not in written:
        assert found == ((written,) if written else ())


@pytest.mark.parametrize(
    "written",
    [
        "__import__('os')",
        "(lambda: 1)()",
        "x.__class__",
        "[].append(1)",
        "f'{x}'",
        "x := 2",
        "print(1)",
        "{1: 2}",
        "x[0:9]",
    ],
)
def test_expressions_have_no_way_out(written: str) -> None:
    with pytest.raises(ExpressionError):
        expression(written)


LOOPED = """
name: Tiny
hidden_size: 8
vocab_size: 10
define:
  rows:
    parameters: {count: {description: how many}}
    block:
      - for: index
        in: range(count)
        do: {layer: {body: [residual: [rmsnorm, {linear: 8}]]}}
  own:
    parameters: {width: {description: its width}}
    block: {module: {name: own, label: Own, body: [{linear: $width}]}}
  used: {decoder: {attention: {own: {width: 8}}, feed_forward: {swiglu: {intermediate_size: 16}}}}
layers: [embedding, {stack: [used, used, used]}, {rows: {count: 3}}, output_head]
"""


def test_what_is_alike_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds of a loop, and a layer by its name whose block is a template's; each use counts all the same."""
    uses: list[int] = []
    monkeypatch.setattr(templates, "use", lambda size, first: uses.append(size))
    blocks = [block for _, block in archdraw.Model.from_text(LOOPED).walk() if isinstance(block, Module)]
    assert len(uses) == 2
    layers = [block for block in blocks if block.kind == "layer"]
    assert len(layers) == 3
    assert len({id(layer) for layer in layers}) == 1


def test_what_a_loop_does_not_change_is_made_once_and_counts_in_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[str] = []

    def value(self: Expression, known: Mapping[str, Any]) -> Any:
        evaluated.append(self.text)
        return usual(self, known)

    usual = Expression.value
    monkeypatch.setattr(Expression, "value", value)
    loop = "for: index\nin: range(3)\ndo: [{same: $(width * 2), other: $(index + 1), flag: [$width, $(index == 1)]}]"
    substitution = Substitution({"width": 4})
    made = substitution.node(parse(loop, "a template").root)
    assert isinstance(made, SequenceNode)
    first, second, third = (item for item in made.items if isinstance(item, MappingNode))
    assert evaluated.count("width * 2") == evaluated.count("width") == 1
    assert evaluated.count("index + 1") == evaluated.count("index == 1") == 3
    assert first.entries[0].value is third.entries[0].value
    assert len({str(one.entries[1].value) for one in (first, second, third)}) == 3

    def size(rounds: int) -> int:
        tried = Substitution({"width": 4})
        tried.node(parse(loop.replace("range(3)", f"range({rounds})"), "a template").root)
        return tried.size

    assert size(3) - size(1) == 2 * (size(1) - size(0))

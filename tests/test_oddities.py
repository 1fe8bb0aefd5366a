"""What a spec can say and no model is: a warning at its place."""

from __future__ import annotations

import pytest

from archdraw.spec import expand, parse_spec
from shipped import NAMES, model

HEAD = "name: Odd\nhidden_size: 64\nvocab_size: 100\ncontext_length: 1024\n"
LAYER = "decoder: {attention: {multi_head: {num_attention_heads: 4WINDOW}}, feed_forward: {swiglu: 8}}"


def warned(text: str) -> list[str]:
    spec = parse_spec(text, "odd.yaml")
    expand(spec)
    return [str(problem) for problem in spec.warnings]


def layers(*items: str, window: str = "") -> str:
    return f"{HEAD}layers:\n" + "".join(f"  - {item.replace('WINDOW', window)}\n" for item in items)


def test_a_model_upside_down() -> None:
    assert warned(layers("output_head", LAYER, "embedding")) == [
        "odd.yaml:6:5: warning: output_head stands below layers, which would read its logits\n"
        "    6 |   - output_head\n"
        "      |     ^^^^^^^^^^^\n"
        "  hint: layers begin nearest to the input",
        "odd.yaml:8:5: warning: embedding stands above layers, whose output is no token\n"
        "    8 |   - embedding\n"
        "      |     ^^^^^^^^^\n"
        "  hint: layers begin nearest to the input",
    ]


def test_a_window_that_is_wider_than_the_context_is_said_once() -> None:
    define = f"define:\n  wide: {{{LAYER}}}\n  same: {{like: wide, label: Other}}\n"
    text = layers("embedding", "wide", "same", "output_head").replace("layers:", f"{define}layers:")
    (problem,) = warned(text.replace("WINDOW", ", sliding_window: 1025"))
    assert problem.startswith(
        "odd.yaml:6:85: warning: sliding_window 1,025 is wider than context_length 1,024: it bounds nothing\n"
    )
    assert problem.endswith("\n  hint: leave sliding_window out for full attention")
    assert warned(text.replace("WINDOW", ", sliding_window: 1024")) == []


def test_what_is_usual_is_not_odd() -> None:
    assert warned(layers("embedding", LAYER, "rmsnorm", "output_head")) == []
    assert warned(layers(LAYER, "output_head")) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_model_that_comes_with_archdraw_is_odd(name: str) -> None:
    said = [one.message for one in model(name).warnings]
    assert [one for one in said if " stands above " in one or " stands below " in one or "is wider than" in one] == []

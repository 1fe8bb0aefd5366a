"""``archdraw check SPEC --weights FILE``: each tensor that is wrong is named, and the exit code says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archdraw.cli import run

SPEC = """
name: Tiny
context_length: 32
hidden_size: 8
vocab_size: 10
layers:
  - embedding
  - decoder:
      times: 3
      attention: {multi_head: {num_attention_heads: 4}}
      feed_forward: {swiglu: {intermediate_size: 16}}
  - rmsnorm
  - output_head
"""
LAYER = {f"self_attn.{letter}_proj.weight": [8, 8] for letter in "qkvo"} | {
    "mlp.gate_proj.weight": [16, 8],
    "mlp.up_proj.weight": [16, 8],
    "mlp.down_proj.weight": [8, 16],
    "input_layernorm.weight": [8],
    "post_attention_layernorm.weight": [8],
}
WHOLE = {"model.embed_tokens.weight": [10, 8], "model.norm.weight": [8], "lm_head.weight": [10, 8]} | {
    f"model.layers.{index}.{name}": shape for index in range(3) for name, shape in LAYER.items()
}

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks ``tiny.yaml`` with further words in a folder where ``files`` are written as JSON."""
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, "utf-8")

    def start(*words: str, **files: object) -> tuple[int, str, str]:
        for name, content in files.items():
            Path(f"{name}.json").write_text(json.dumps(content), "utf-8")
        code = run(["check", "tiny.yaml", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return start


def test_what_agrees(check: Check) -> None:
    assert check("--weights", "w.json", w=WHOLE) == (
        0,
        "w.json: 30 tensors agree (Hugging Face names)\ntiny.yaml: OK\n",
        "",
    )


def test_several_files_are_one_model(check: Check) -> None:
    names = list(WHOLE)
    first, second = ({name: WHOLE[name] for name in part} for part in (names[:9], names[9:]))
    code, out, _ = check("--weights", "a.json", "--weights", "b.json", a=first, b=second)
    assert (code, out.splitlines()[0]) == (0, "a.json and 1 more: 30 tensors agree (Hugging Face names)")
    assert check("--weights", "a.json", "--weights", "a.json", a=WHOLE)[0] == 1


def test_what_is_missing_too_many_or_of_another_shape(check: Check) -> None:
    shapes = WHOLE | {f"model.layers.{index}.self_attn.q_proj.bias": [8] for index in range(3)}
    shapes["model.layers.1.mlp.up_proj.weight"] = [12, 8]
    del shapes["model.layers.0.input_layernorm.weight"]
    code, out, err = check("--weights", "w.json", w=shapes)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "w.json:1:1: error: layers.0.input_layernorm.weight [8] is missing",
        "w.json:1:1: error: layers.1.mlp.up_proj.weight is [12, 8], not [16, 8]",
        "w.json:1:1: error: model.layers.0-2.self_attn.q_proj.bias [8] is not in the spec",
    ]


def test_unknown_names_are_a_warning(check: Check) -> None:
    shapes = {name.replace("gate_proj", "door"): shape for name, shape in WHOLE.items() if "up_proj" not in name}
    shapes |= {name.replace("up_proj", "window"): shape for name, shape in WHOLE.items() if "up_proj" in name}
    code, out, err = check("--weights", "w.json", w=shapes)
    assert code == 0
    assert "w.json:1:1: warning: layers.0-2.mlp.gate_proj.weight is called model.layers.*.mlp.door.weight" in err
    assert "30 tensors agree" in out


def test_many_differences_are_cut_short(check: Check) -> None:
    shapes = WHOLE | {f"extra_{index}": [index] for index in range(1, 200)}
    _, _, err = check("--weights", "w.json", w=shapes)
    assert len(err.splitlines()) == 61
    assert err.splitlines()[-1].endswith("139 more lines like these are not shown")


@pytest.mark.parametrize("words", [("tiny.yaml", "other.yaml"), (".",)])
def test_weights_belong_to_one_spec(check: Check, words: tuple[str, ...]) -> None:
    Path("other.yaml").write_text(SPEC, "utf-8")
    code, _, err = check(*words, "--weights", "w.json", w=WHOLE)
    assert code == 2
    assert "--weights needs exactly one SPEC" in err


def test_a_file_that_is_none(check: Check) -> None:
    code, out, err = check("--weights", "none.json")
    assert (code, out, err) == (1, "", "none.json:1:1: error: file not found\n")
    Path("cut.safetensors").write_bytes((2**60).to_bytes(8, "little") + b"{}")
    code, _, err = check("--weights", "cut.safetensors")
    assert code == 1
    assert err.startswith("cut.safetensors:1:1: error: this is no safetensors file")

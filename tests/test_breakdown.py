"""The panel of parameters: by what their blocks do, of the total that the header quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.model import Model, load
from archdraw.picture import Share, Split, Words
from archdraw.resources import specs_folder
from archdraw.tree.facts import report
from archdraw.tree.sheet import rows
from archdraw.views.architecture import picture
from shipped import model as shipped

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"

FRAME = """
name: X
hidden_size: 64
vocab_size: 256
layers:
  - embedding
  - BLOCK
  - output_head
"""


def parts(model: Model) -> tuple[str, dict[str, float]]:
    """The title of the panel, and the parameters of each part by its name."""
    for inset in picture(model.spec, model.block).insets:
        if inset.title.startswith("Parameter breakdown"):
            split = inset.items[0]
            assert isinstance(split, Split)
            return inset.title, {part.label.rpartition(" ")[0]: part.value for part in split.segments}
    return "", {}


@pytest.mark.parametrize(
    ("path", "part", "share"),
    [
        (EXAMPLES / "gnmt.yaml", "recurrent networks", 0.57),
        (specs_folder() / "detr-r50.yaml", "convolution", 0.577),
        (specs_folder() / "stable-diffusion-vae.yaml", "convolution", 0.97),
        (specs_folder() / "resnet-50.yaml", "convolution", 0.92),
        (EXAMPLES / "mmdit.yaml", "modulation", 0.33),
        (specs_folder() / "medusa-vicuna-7b.yaml", "Medusa head", 0.099),
    ],
)
def test_most_parameters_have_a_name(path: Path, part: str, share: float) -> None:
    model = load(path)
    _, found = parts(model)
    assert found[part] / model.facts.total_parameters == pytest.approx(share, abs=0.006)
    assert found.get("other", 0) < 0.1 * model.facts.total_parameters


def test_a_mixer_of_ones_own_is_no_attention() -> None:
    """In facts as in the panel; an attention inside of it stays one."""
    own = "module: {label: Memory, role: linear, body: [linear: 64, multi_head: {num_attention_heads: 4}]}"
    model = Model.from_text(FRAME.replace("BLOCK", own))
    assert model.facts.parts["token_mixing"] == 64 * 64
    assert model.facts.parts["attention"] == 4 * 64 * 64
    assert ("  token mixing", f"{64 * 64:,}") in [row[:2] for row in rows(report(model.facts, "X", 64))]
    _, found = parts(model)
    assert (found["memory"], found["attention"]) == (64 * 64, 4 * 64 * 64)
    real = Model.from_text(FRAME.replace("BLOCK", "multi_head: {num_attention_heads: 4}"))
    assert "token_mixing" not in real.facts.parts


def test_a_model_without_a_stack_of_layers_has_none_in_its_facts() -> None:
    names = [label.strip() for label, _, _ in rows(report(shipped("u-net").facts, "U-Net", 1))]
    assert "total parameters" in names
    assert not {"layers", "blocks"} & {*names}


def test_a_gate_within_attention_is_counted_with_it() -> None:
    """Whatever role its author gives it; a recurrence within attention stays what it is."""
    gate = "module: {label: Gate, role: linear, body: [linear: 96]}"
    scan = "module: {label: Scan, role: linear, body: [linear: 64, {op: {label: Update, role: linear, state: 4096}}]}"
    heads = "heads: {num_attention_heads: 4, num_key_value_heads: 4, head_dim: 16}"
    attend = f"op: {{label: Attention, role: attention, {heads}, cache: 128}}"
    own = "module: {label: Own attention, role: attention, body: [linear: 64, {ATTEND}, {INNER}, linear: 64]}"
    both = {}
    for name, inner in (("gate", gate), ("scan", scan)):
        model = Model.from_text(FRAME.replace("BLOCK", own.replace("ATTEND", attend).replace("INNER", inner)))
        both[name] = (model.facts.parts, parts(model)[1])
    own_parts, panel = both["gate"]
    assert own_parts["attention"] == panel["attention"] == 64 * 64 + 2 * 64 * 96
    assert "token_mixing" not in own_parts
    assert both["scan"][0]["token_mixing"] == 64 * 64


def test_a_mixer_that_is_no_attention_has_a_share_of_its_own() -> None:
    """In the colour of its blocks; heads of both kinds in one module share what they are made of."""
    _, jamba = parts(shipped("jamba-v0-1"))
    assert "Mamba" in jamba
    # Less than the least share that is shown, but all that is left: it is called by its name.
    assert list(jamba)[-1] == "attention"
    assert "other" not in jamba
    _, hymba = parts(shipped("hymba-1-5b"))
    assert not {"attention", "token mixing"} & hymba.keys()
    for name, mixer in (("jamba-v0-1", "Mamba"), ("qwen3-next-80b-a3b", "Gated DeltaNet")):
        model = shipped(name)
        (bar,) = (
            item
            for panel in picture(model.spec, model.block).insets
            for item in panel.items
            if isinstance(item, Split) and panel.title.startswith("Parameter")
        )
        roles = {segment.label.rpartition(" ")[0]: segment.role for segment in bar.segments}
        assert roles[mixer] == "linear"
    assert "attention" in parts(shipped("llama-3-8b"))[1]


@pytest.mark.parametrize("name", ["deepseek-v4-1-flash", "qwen3-8-flash-next-125b-a6b"])
def test_a_plate_has_one_total(name: str) -> None:
    """That of the header: shares and the panel leave out the same tables, and say which."""
    model = shipped(name)
    plate = picture(model.spec, model.block)
    whole, excluded = plate.subtitle[0].split(" total (")
    excluded = excluded.partition(")")[0]
    title, found = parts(model)
    assert title == f"Parameter breakdown ({whole})"
    shares = 0
    for inset in plate.insets:
        if inset.title == title or any(isinstance(item, Share) and "active" in item.left for item in inset.items):
            assert excluded in [item.text for item in inset.items if isinstance(item, Words)]
        for share in inset.items:
            if isinstance(share, Share) and "active" in share.left:
                shares += 1
                assert share.left.endswith(f"of {whole}")
                assert share.right in plate.subtitle[0]
                assert sum(found.values()) == pytest.approx(share.whole, rel=1e-3)
    assert shares


def test_repeats_and_experts_count_as_often_as_they_have_weights() -> None:
    block = "loop: {num_loops: 3, body: [{layer: {times: 2, body: [{lstm: {hidden_size: 64}}]}}]}"
    model = Model.from_text(FRAME.replace("BLOCK", block))
    _, found = parts(model)
    assert found["recurrent networks"] == 2 * 4 * (64 * 128 + 2 * 64)
    assert sum(found.values()) == model.facts.total_parameters


def test_an_embedding_without_an_output_layer_is_no_further_table() -> None:
    """Conformer: the table of the tokens that its prediction network reads."""
    assert shipped("conformer-l").facts.lookup_parameters == 0


def test_what_is_left_is_named_where_it_is_one_part() -> None:
    """T5's tables are 0.3% of it and all but its norms; Gemma's projections of per-layer embeddings are no table."""
    _, tables = parts(shipped("t5-11b"))
    assert list(tables)[-1] == "embedding, head"
    facts, gemma = shipped("gemma-4-e2b").facts, parts(shipped("gemma-4-e2b"))[1]
    assert gemma["embedding, head"] == facts.parts["embedding"]
    assert gemma["other"] == facts.parts["other"] + facts.parts["norm"]


def test_a_count_without_encoders_says_so() -> None:
    """Text is not multiplied with the weights of an image encoder, so a second thing is left out beside the table."""
    remarks = {
        name: {label.strip(): remark for label, _, remark in rows(report(shipped(name).facts, name, 64))}[
            "excl. input embedding"
        ]
        for name in ("qwen3-vl-8b", "llama-3-8b")
    }
    assert remarks == {"qwen3-vl-8b": "and excl. encoders of other modalities", "llama-3-8b": ""}

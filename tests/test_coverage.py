"""The page of concepts is that of the specs, and every concept is found by what a model is made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import archdraw
from archdraw.analysis.concepts import concepts, known_concepts
from archdraw.app.coverage import coverage, left_out
from archdraw.glossary.concepts import PARALLEL_DENSE, Concept
from archdraw.resources import specs_folder

ROOT = Path(__file__).parent.parent
FAMILIES = ROOT / "tests" / "data" / "families"


def test_the_page_is_that_of_the_specs(golden: Callable[[Path, str], None]) -> None:
    models = [archdraw.load(path) for path in sorted(specs_folder().glob("*.yaml"))]
    golden(ROOT / "docs" / "coverage.md", coverage(models))


def test_every_concept_has_a_model(tmp_path: Path) -> None:
    """One that comes with archdraw, or a config of a class."""
    found: set[Concept] = set()
    sources = [*specs_folder().glob("*.yaml"), FAMILIES / "pop2piano--Pop2PianoForConditionalGeneration.json"]
    # The published models of Marian say swish, which is SiLU without a gate; the default of the class is GELU.
    marian = json.loads((FAMILIES / "marian--MarianMTModel.json").read_text("utf-8")) | {"activation_function": "swish"}
    (tmp_path / "marian.json").write_text(json.dumps(marian), "utf-8")
    for path in (*sources, tmp_path / "marian.json"):
        model = archdraw.load(path)
        found.update(concepts(model.spec, model.block))
    assert set(known_concepts()) == found


def test_what_a_plate_leaves_out_is_told() -> None:
    model = archdraw.load(specs_folder() / "ember-1.yaml")
    assert "weights and config are closed; drawn as its base model Kimi K3" in left_out(model)
    assert "inside of MoonViT" in left_out(model)
    assert left_out(archdraw.load(specs_folder() / "bert-base.yaml")) == []
    # Its box stands on the spine, with the same words as the panel that would open it.
    assert "panel Shared global attention" in left_out(archdraw.load(specs_folder() / "deepseek-v4-1-flash.yaml"))


def test_a_gate_of_a_shared_expert_is_no_parallel_dense_block() -> None:
    def parallel(slug: str) -> bool:
        model = archdraw.load(ROOT / "specs" / f"{slug}.yaml")
        return PARALLEL_DENSE in concepts(model.spec, model.block)

    assert parallel("gemma-4-26b-a4b")
    assert not parallel("qwen3-next-80b-a3b")
    assert not parallel("inkling")

"""The page of concepts is that of the specs, and every concept is found by what a model is made of."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import archdraw
import shipped
from archdraw.analysis.concepts import concepts, known_concepts
from archdraw.app.coverage import Covered, coverage, covered, left_out
from archdraw.cli import run
from archdraw.glossary.concepts import PARALLEL_DENSE, Concept
from test_cli import BROKEN, SPEC

ROOT = Path(__file__).parent.parent
FAMILIES = ROOT / "tests" / "data" / "families"


def test_the_page_is_that_of_the_specs(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "coverage.md", coverage([covered(model) for model in shipped.models()]))


def test_every_concept_has_a_model(tmp_path: Path) -> None:
    """One that comes with archdraw, or a config of a class."""
    # The published models of Marian say swish, which is SiLU without a gate; the default of the class is GELU.
    marian = json.loads((FAMILIES / "marian--MarianMTModel.json").read_text("utf-8")) | {"activation_function": "swish"}
    (tmp_path / "marian.json").write_text(json.dumps(marian), "utf-8")
    configs = (FAMILIES / "pop2piano--Pop2PianoForConditionalGeneration.json", tmp_path / "marian.json")
    models = [*shipped.models(), *map(archdraw.load, configs)]
    found: set[Concept] = {concept for model in models for concept in concepts(model.spec, model.block)}
    assert set(known_concepts()) == found


def test_what_a_plate_leaves_out_is_told() -> None:
    model = shipped.model("ember-1")
    assert "weights and config are closed; drawn as its base model Kimi K3" in left_out(model)
    assert "inside of Vision encoder" in left_out(shipped.model("deepseek-v4-1-flash"))
    assert left_out(shipped.model("bert-base")) == []
    # Its box stands on the spine, with the same words as the panel that would open it.
    assert "panel Shared global or shared compressed attention" in left_out(shipped.model("deepseek-v4-1-flash"))


def test_a_gate_of_a_shared_expert_is_no_parallel_dense_block() -> None:
    def parallel(slug: str) -> bool:
        model = shipped.model(slug)
        return PARALLEL_DENSE in concepts(model.spec, model.block)

    assert parallel("gemma-4-26b-a4b")
    assert not parallel("qwen3-next-80b-a3b")
    assert not parallel("inkling")


def harmful(model: archdraw.Model) -> Covered:
    """As :func:`covered`, but in another process one model has that killed, and one is our own fault."""
    if multiprocessing.parent_process() is not None:
        if model.name == "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        if model.name == "odd":
            raise ZeroDivisionError("a fault of ours")
    return covered(model)


def test_processes_make_the_same_page_and_a_lost_one_costs_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if multiprocessing.get_start_method() != "fork":
        pytest.skip("workers that are forked have what is patched here")
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for name in ("one", "deadly", "two", "odd", "three"):
        Path(f"{name}.yaml").write_text(SPEC.replace("Tiny", name), "utf-8")
    Path("bad.yaml").write_text(BROKEN, "utf-8")
    whole = ["one.yaml", "two.yaml", "three.yaml"]
    assert run(["coverage", *whole, "--no-cache"]) == 0
    page = capsys.readouterr().out
    assert run(["coverage", "one.yaml"]) == 0
    capsys.readouterr()
    monkeypatch.setattr("archdraw.app.coverage.covered", harmful)
    every = ["one.yaml", "deadly.yaml", "two.yaml", "bad.yaml", "odd.yaml", "three.yaml"]
    assert run(["coverage", *every, "-j", "2"]) == 70
    ran = capsys.readouterr()
    assert ran.out == page
    assert "deadly.yaml: error: the worker ended: BrokenProcessPool" in ran.err
    assert "bad.yaml:9:" in ran.err
    assert "internal error: ZeroDivisionError: a fault of ours" in ran.err
    assert ran.err.count(".yaml") == ran.err.count("deadly.yaml") + ran.err.count("bad.yaml")

"""A config of an unknown family completed by its class in transformers, asked for and in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archdraw import load
from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.readers import class_tensors
from archdraw.weights.building import answer
from test_completed import folder, reasons
from test_packing import CONFIG, TOTAL, checkpoint, plain

DATA = Path(__file__).parent / "data"
CLASSES = sorted(file.stem for file in (DATA / "classes").glob("*.json"))
"""Answers of tests/verify_classes.py to configs of tests/data/families."""

Answer = Callable[[str], str]


def parameters(name: str) -> int:
    """The parameters of the class that the config ``name`` of tests/data/families is of."""
    lines = (DATA / "families.tsv").read_text("utf-8").splitlines()
    return next(int(fields[2]) for line in lines if (fields := line.split("\t"))[0] == name)


def hidden(path: Path, name: str) -> Path:
    """The config ``name`` of tests/data/families as one of a family that no reader is for."""
    data = json.loads((DATA / "families" / f"{name}.json").read_text("utf-8"))
    file = path / f"{name}.json"
    file.write_text(json.dumps(data | {"model_type": "zz_new", "architectures": ["ZzNewForConditionalGeneration"]}))
    return file


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if torch and transformers were there."""
    monkeypatch.setattr(class_tensors, "find_spec", lambda library: library)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, installed: None) -> list[Any]:
    """The configs that a class was asked for; the answer is what is put into this list first."""
    given: list[Any] = [""]

    def answered(config: str) -> str:
        given.append(json.loads(config))
        return str(given[0])

    monkeypatch.setattr(class_tensors, "_answer", answered)
    return given


@pytest.mark.parametrize("name", CLASSES)
def test_the_count_is_that_of_the_class(name: str, tmp_path: Path, answers: list[Any]) -> None:
    answers[0] = (DATA / "classes" / f"{name}.json").read_text("utf-8")
    model = load(hidden(tmp_path, name), with_transformers=True)
    assert model.facts.total_parameters == parameters(name)
    whole = (
        f"by the tensors of {name.partition('--')[2]} (transformers 5.24.0), what their modules compute is not known"
    )
    assert whole in reasons(model)
    assert answers[1]["model_type"] == "zz_new"
    assert model.reading is not None
    assert model.reading.stored_bytes is None


def llama(*, head: str = "", layers: int = 2) -> str:
    """The answer of a class with the tensors of :data:`CONFIG`'s model; its output layer is marked ``head``."""
    rows = ["model.embed_tokens.weight\t\t96x128", "model.norm.weight\t\t128", f"lm_head.weight\t\t96x128\t{head}"]
    shapes = {"q_proj": "128x128", "k_proj": "64x128", "v_proj": "64x128", "o_proj": "128x128"}
    rows += [f"model.layers.*.self_attn.{name}.weight\t0-{layers}\t{shape}" for name, shape in shapes.items()]
    shapes = {"gate_proj": "256x128", "up_proj": "256x128", "down_proj": "128x256"}
    rows += [f"model.layers.*.mlp.{name}.weight\t0-{layers}\t{shape}" for name, shape in shapes.items()]
    rows += [f"model.layers.*.{name}_layernorm.weight\t0-{layers}\t128" for name in ("input", "post_attention")]
    rows.append("model.rotary_emb.inv_freq\t\t16\tbuffer")
    return json.dumps({"class": "Warp", "version": "5.24.0", "tensors": "\n".join(rows)})


UNKNOWN = CONFIG | {"model_type": "warp"}


@pytest.mark.parametrize(("tied", "head"), [(False, ""), (True, "tied")])
def test_a_class_that_is_another_family_in_all_but_its_name_is_complete(
    tied: bool, head: str, tmp_path: Path, answers: list[Any]
) -> None:
    """Whether its output layer is its embedding is what the class says, also where the config says otherwise."""
    answers[0] = llama(head=head)
    model = load(folder(tmp_path, UNKNOWN | {"tie_word_embeddings": not tied}), with_transformers=True)
    assert (model.facts.total_parameters, reasons(model)) == (TOTAL - 96 * 128 * tied, "")


def test_no_class_is_built_that_is_not_asked_for(tmp_path: Path, answers: list[Any]) -> None:
    assert 'unknown model_type "warp"' in reasons(load(folder(tmp_path, UNKNOWN)))
    load(folder(tmp_path, CONFIG), with_transformers=True)  # A known family.
    checkpoint(tmp_path / "model.safetensors", plain)
    load(folder(tmp_path, UNKNOWN), with_transformers=True)  # Its weights are there.
    assert answers == [""]


def test_weights_that_cannot_be_read_are_replaced_by_the_class(tmp_path: Path, answers: list[Any]) -> None:
    answers[0] = llama()
    (tmp_path / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    model = load(folder(tmp_path, UNKNOWN), with_transformers=True)
    assert (model.facts.total_parameters, reasons(model)) == (TOTAL, "")
    assert "Git LFS pointer" in model.warnings[-1].message


def test_commands_take_it(
    tmp_path: Path, answers: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers[0] = llama()
    monkeypatch.chdir(tmp_path)
    config = str(folder(tmp_path, UNKNOWN) / "config.json")
    assert run(["facts", config, "--with-transformers", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is True
    assert run(["check", config, "--with-transformers"]) == 0
    assert run(["render", config, "--with-transformers"]) == 0
    assert run(["render", config, "--with-transformers", "-o", "-"]) == 0
    assert "incomplete" not in capsys.readouterr().err
    assert run(["import", config, "--with-transformers", "-o", "warp.yaml"]) == 0
    assert "incomplete" not in (tmp_path / "warp.yaml").read_text("utf-8")
    assert len(answers) == 6


def test_what_is_not_installed_is_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_tensors, "find_spec", lambda library: None if library == "torch" else library)
    problem = refused(tmp_path, UNKNOWN)
    assert problem == (
        "the class of this config is built by torch and transformers; not installed: torch",
        'pip install "archdraw-nn[verify]"',
    )


def refused(path: Path, config: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(InputError) as error:
        load(folder(path, config), with_transformers=True)
    (problem,) = error.value.problems
    assert problem.message.isprintable()
    return problem.message, problem.hint


# The process itself, with libraries that are like torch and transformers as far as it asks them.

TORCH = """
import contextlib

def device(name):
    assert name == "meta"
    return contextlib.nullcontext()
"""
TRANSFORMERS = """
import os, socket, sys, time
__version__ = "5.24.0"
CONFIG_MAPPING = {"warp": None, "nothing": None}

class Config:
    def __init__(self, **keys):
        self.__dict__ |= keys

class Bare(Config):
    pass

class AutoConfig:
    @staticmethod
    def for_model(kind, **keys):
        assert "auto_map" not in keys and "quantization_config" not in keys
        return (Bare if kind == "nothing" else Config)(**keys)

class Parameter:
    def __init__(self, *shape):
        self.shape = shape

class PreTrainedModel:
    @classmethod
    def _from_config(cls, config):
        made = cls()
        made.config = config
        made.build(config)
        return made

    def named_parameters(self, remove_duplicate):
        assert not remove_duplicate
        return [(name, value) for name, value in self.tensors.items() if "inv_freq" not in name]

    def state_dict(self, keep_vars):
        assert keep_vars
        return self.tensors

    def build(self, config):
        table = Parameter(6, 4)
        self.tensors = {"wte.weight": table, "lm_head.weight": table, "inv_freq": Parameter(2), "one": Parameter()}

class Printing(PreTrainedModel):
    def build(self, config):
        print("loaded")
        os.write(1, b"loaded")
        super().build(config)

class Fails(PreTrainedModel):
    def build(self, config):
        raise RuntimeError("no\\nway")

class Network(PreTrainedModel):
    def build(self, config):
        assert os.environ["HF_HUB_OFFLINE"] == "1"
        socket.create_connection(("127.0.0.1", 9), timeout=1)

class Ends(PreTrainedModel):
    def build(self, config):
        os._exit(3)

class Sleeps(PreTrainedModel):
    def build(self, config):
        time.sleep(600)

class Large(PreTrainedModel):
    def build(self, config):
        self.data = bytearray(64 * 2**30)

class AutoModelForCausalLM:
    _model_mapping = {Config: PreTrainedModel}

    @staticmethod
    def from_config(config):
        return PreTrainedModel._from_config(config)
"""


@pytest.fixture
def libraries(tmp_path: Path, installed: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "libraries"
    place.mkdir()
    (place / "torch.py").write_text(TORCH)
    (place / "transformers.py").write_text(TRANSFORMERS)
    monkeypatch.setenv("PYTHONPATH", str(place))
    return place


def built(*names: str, **keys: Any) -> class_tensors.ClassTensors:
    return class_tensors.class_tensors({"model_type": "warp", "architectures": list(names), **keys}, "config.json")


@pytest.mark.parametrize(
    ("names", "cls"),
    [
        (("Printing",), "Printing"),
        (("Missing", "Printing"), "Printing"),
        # Neither an unknown name nor what is no model: the one with a head.
        (("Missing",), "PreTrainedModel"),
        (("AutoConfig", "os"), "PreTrainedModel"),
    ],
)
def test_the_class_that_a_config_names(names: tuple[str, ...], cls: str, libraries: Path) -> None:
    found = built(*names, auto_map={"AutoModel": "evil.Evil"}, quantization_config={"bits": 4})
    assert (found.name, found.version) == (cls, "5.24.0")
    marks = [(one.name, one.shape, one.tied, one.buffer) for one in found.tensors]
    assert marks == [
        ("wte.weight", (6, 4), False, False),
        ("lm_head.weight", (6, 4), True, False),
        ("inv_freq", (2,), False, True),
        ("one", (), False, False),
    ]
    assert [one.name for one in found.own] == ["wte.weight", "inv_freq", "one"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Fails", "its class cannot be built: RuntimeError: no"),
        ("Network", "its class cannot be built: ConnectionError: there is no network in this process"),
        ("Ends", "the process that builds the class of this config has ended without an answer (out of memory?)"),
        pytest.param(
            "Large",
            "its class needs more than 8 GB",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="memory is not limited there"),
        ),
    ],
)
def test_a_class_that_cannot_be_built(name: str, message: str, libraries: Path, tmp_path: Path) -> None:
    found = refused(tmp_path, UNKNOWN | {"architectures": [name]})
    assert found == (message, "without --with-transformers it is read by its keys")


def test_a_class_that_takes_too_long(libraries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_tensors, "SECONDS", 3.0)
    message, _ = refused(tmp_path, UNKNOWN | {"architectures": ["Sleeps"]})
    assert message == "the class of this config is not built within 3 seconds"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("woof", 'transformers 5.24.0 has no model_type "woof"'),
        (7, 'transformers 5.24.0 has no model_type "7"'),
        ("nothing", 'transformers 5.24.0 has no class of a model for model_type "nothing"'),
    ],
)
def test_a_config_without_a_class(kind: Any, message: str, libraries: Path, tmp_path: Path) -> None:
    assert refused(tmp_path, UNKNOWN | {"model_type": kind})[0] == message


def test_no_code_of_the_working_folder_is_run(libraries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's folder may hold a file called as a library."""
    place = tmp_path / "model"
    place.mkdir()
    (place / "json.py").write_text("raise SystemExit('run')")
    (place / "torch.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(place)
    assert built("Printing").name == "Printing"


def test_infinity_is_a_number_as_transformers_writes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "transformers.py").write_text(
        "__version__ = '1'\nCONFIG_MAPPING = {'warp': None}\nclass AutoConfig:\n"
        "    def for_model(kind, **keys):\n        raise ValueError(repr(keys))\n"
    )
    (tmp_path / "torch.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    for library in ("torch", "transformers"):
        monkeypatch.delitem(sys.modules, library, raising=False)
    keys = {"limit": [0.0, {"__float__": "Infinity"}], "part": {"auto_map": {}, "dtype": "x", "size": 1}}
    found = json.loads(answer(json.dumps({"model_type": "warp", **keys})))["error"]
    for library in ("torch", "transformers"):
        sys.modules.pop(library, None)
    assert found.endswith("ValueError: {'limit': [0.0, inf], 'part': {'size': 1}}")

"""A config of an unknown family beside its weights: the count is that of the tensors, and what is not known is said."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

from archdraw import Model, load
from archdraw.errors import InputError
from archdraw.model import described
from archdraw.readers.completed import completed
from archdraw.weights.headers import read_tensors
from test_packing import CONFIG, TOTAL, checkpoint, gptq, hqq, plain
from test_weight_files import safetensors

DATA = Path(__file__).parent / "data"


def disguised(name: str, kind: str = "zz_new") -> Model:
    """The model of a config of tests/data as one of a family that nobody knows, with all its tensors at hand."""
    data = json.loads((DATA / "configs" / f"{name}.json").read_text("utf-8"))
    ending = "ForConditionalGeneration" if "text_config" in data else "ForCausalLM"
    data |= {"model_type": kind, "architectures": [f"ZzNew{ending}"]}
    stored = [one for one in read_tensors([DATA / "shapes" / f"{name}.tsv"]) if not one.tied]
    reading = completed(json.dumps(data), data, "config.json", name, stored)
    assert reading is not None
    model = described(reading, "config.json")
    assert model.facts.total_parameters == sum(tensor.count for tensor in stored)
    return model


def reasons(model: Model) -> str:
    assert model.reading is not None
    return "; ".join(model.reading.incomplete)


@pytest.mark.parametrize("name", ["llama-3-8b", "qwen3-0.6b", "qwen2-7b"])
def test_a_family_that_is_another_one_in_all_but_its_name_is_complete(name: str) -> None:
    model = disguised(name)
    known = load(DATA / "configs" / f"{name}.json").facts
    assert reasons(model) == ""
    assert model.facts.active_parameters == known.active_parameters
    assert model.facts.kv_cache_bytes(4096) == known.kv_cache_bytes(4096)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("llava-1.5-7b", "llava"),
        ("gemma-3-12b", "gemma3"),
        ("mamba-2.8b", "mamba"),
        ("gpt2", "gpt2"),
        ("deepseek-v3", "deepseek_v3"),
    ],
)
def test_a_family_with_keys_and_tensors_of_another_is_read_as_that(name: str, kind: str) -> None:
    """What else it may compute is not known."""
    model = disguised(name, f"{kind}_next")
    known = load(DATA / "configs" / f"{name}.json").facts
    assert reasons(model).startswith(f'read as {kind}, whose keys and tensors unknown model_type "{kind}_next" has; ')
    assert model.facts.active_parameters == known.active_parameters
    assert model.facts.kv_cache_bytes(4096) == known.kv_cache_bytes(4096)


def test_a_structure_that_nobody_knows_is_the_modules_of_its_tensors() -> None:
    """The file has one table, its class two."""
    assert 'unknown model_type "zz_new": counted and drawn by its tensors' in reasons(disguised("flan-t5-base"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mistral-7b-v0.1", "unrecognized key sliding_window_size"),
        ("phi-3-mini", "which layers have the sliding_window is not in the tensors"),
    ],
)
def test_what_tensors_do_not_show_is_not_taken_for_verified(name: str, why: str) -> None:
    assert why in reasons(disguised(name))


UNKNOWN: dict[str, Any] = CONFIG | {"model_type": "warp", "warp_speed": 9}


def folder(path: Path, config: dict[str, Any]) -> Path:
    (path / "config.json").write_text(json.dumps(config), "utf-8")
    return path


def test_a_folder_of_an_unknown_family(tmp_path: Path) -> None:
    """Without its weights it is incomplete; with them verified, and what nobody knows of its config is a warning."""
    assert 'unknown model_type "warp"' in reasons(load(folder(tmp_path, UNKNOWN)))
    checkpoint(tmp_path / "model.safetensors", plain)
    for path in (tmp_path, tmp_path / "config.json", tmp_path / "model.safetensors"):
        model = load(path)
        assert (model.facts.total_parameters, reasons(model)) == (TOTAL, "")
        assert [problem.message for problem in model.warnings] == ["unrecognized key warp_speed"]


def test_sizes_that_only_the_tensors_have(tmp_path: Path) -> None:
    """A config that says next to nothing: heads and context."""
    few = {"model_type": "warp", "num_attention_heads": 4, "max_position_embeddings": 64}
    checkpoint(tmp_path / "model.safetensors", plain)
    model = load(folder(tmp_path, few))
    assert (model.facts.total_parameters, reasons(model)) == (TOTAL, "")
    assert model.spec.context_length == 64
    del few["num_attention_heads"]
    assert "the number of heads is not in the shapes" in reasons(load(folder(tmp_path, few)))


def test_packed_weights_of_an_unknown_family(tmp_path: Path) -> None:
    checkpoint(tmp_path / "model.safetensors", gptq(4))
    model = load(folder(tmp_path, UNKNOWN | {"warp_speed": 0}))
    assert (model.facts.total_parameters, reasons(model)) == (TOTAL, "")


def test_packed_weights_that_do_not_tell_complete_nothing(tmp_path: Path) -> None:
    checkpoint(tmp_path / "model.safetensors", hqq)
    assert 'unknown model_type "warp"' in reasons(load(folder(tmp_path, UNKNOWN)))


def test_tensors_that_no_family_has(tmp_path: Path) -> None:
    """In two files with an index: names of modules, experts one by one, a stack without a number of its own."""
    shapes = {"wte.weight": [20, 8], "out.bias": [3], "out.weight": [3, 8], "gates.0": [4], "gates.1": [5]}
    for layer in range(3):
        start = f"net.stages.{layer}."
        shapes |= {f"{start}warp.core": [8, 8, 2 + layer // 2], f"{start}moe.experts.0.up.weight": [6, 8]}
        shapes |= {f"{start}moe.experts.1.up.weight": [6, 8], f"{start}norm.weight": [8]}
    half = len(shapes) // 2
    parts = {"a.safetensors": dict(list(shapes.items())[:half]), "b.safetensors": dict(list(shapes.items())[half:])}
    index = {name: file for file, inside in parts.items() for name in inside}
    for file, inside in parts.items():
        safetensors(tmp_path / file, inside)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}), "utf-8")
    config = {"model_type": "warp", "encoder_layers": 2, "architectures": ["WarpNet"]}
    model = load(folder(tmp_path, config))
    assert model.facts.total_parameters == sum(map(prod, shapes.values()))
    assert model.facts.layers == 3
    assert "counted and drawn by its tensors" in reasons(model)
    labels = {model.describe(path).label for path, block in model.walk()}
    assert {"warp", "moe", "norm", "out"} <= labels
    assert not model.scene().undrawn
    assert not model.facts.unknown
    assert model.facts.cache_unknown


def shapes(path: Path) -> dict[str, list[int]]:
    """The tensors of a checkpoint of :data:`CONFIG`'s model."""
    return {tensor.name: list(tensor.shape) for tensor in read_tensors([checkpoint(path / "made.safetensors", plain)])}


@pytest.fixture
def beside(tmp_path: Path) -> dict[str, list[int]]:
    """The tensors of a checkpoint, of which there is no file."""
    found = shapes(tmp_path)
    (tmp_path / "made.safetensors").unlink()
    return found


def test_a_known_family_beside_its_weights(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    """Also where an adapter, or the same model under other names, stands beside them."""
    safetensors(tmp_path / "model.safetensors", beside)
    safetensors(tmp_path / "adapter_model.safetensors", {"layers.0.lora_A.weight": [4, 4]})
    safetensors(tmp_path / "consolidated.safetensors", {"tok_embeddings.weight": [96, 128]})
    model = load(folder(tmp_path, CONFIG))
    assert (model.facts.total_parameters, reasons(model), model.warnings) == (TOTAL, "", ())
    assert model.reading is not None
    assert model.reading.stored_bytes == 2 * TOTAL


def test_weights_of_another_model_than_a_known_config_says(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    """The model is the config's, and what does not agree is named at it."""
    beside["model.layers.1.mlp.up_proj.weight"] = [255, 128]
    del beside["model.norm.weight"]
    beside |= {"v_head.weight": [2, 64], "v_head.bias": [2]}
    safetensors(tmp_path / "model.safetensors", beside)
    model = load(folder(tmp_path, CONFIG))
    assert model.facts.total_parameters == TOTAL
    assert reasons(model).split("; ") == [
        "by its weights, norm.weight [128] is missing",
        "by its weights, layers.1.mlp.up_proj.weight is [255, 128], not [256, 128]",
        "2 more differences from its weights, which check --weights lists",
    ]
    assert [problem.message for problem in model.warnings] == [
        f"incomplete: {one}" for one in reasons(model).split("; ")
    ]


def test_packed_weights_of_a_known_family(tmp_path: Path) -> None:
    checkpoint(tmp_path / "model.safetensors", gptq(4))
    assert reasons(load(folder(tmp_path, CONFIG))) == ""
    assert "by its weights" in reasons(load(folder(tmp_path, CONFIG | {"intermediate_size": 128})))


def test_as_many_parameters_under_names_that_nobody_knows(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    """A convention that is not known is no other model; one number more is."""
    other = {f"warp.{index}": shape for index, shape in enumerate(beside.values())}
    safetensors(tmp_path / "model.safetensors", other)
    model = load(folder(tmp_path, CONFIG))
    assert reasons(model) == ""
    assert [problem.message for problem in model.warnings] == [
        "the weights beside it have names that are not known, and as many parameters"
    ]
    safetensors(tmp_path / "model.safetensors", other | {"one": [1]})
    assert "more differences from its weights" in reasons(load(folder(tmp_path, CONFIG)))


@pytest.mark.parametrize("damaged", [False, True])
def test_weights_that_are_not_all_there_say_nothing(damaged: bool, tmp_path: Path) -> None:
    """A known family is read from its config alone, an unknown one is incomplete."""
    part = tmp_path / ("model.safetensors" if damaged else "model-00001-of-00002.safetensors")
    safetensors(part, {"x.weight": [3, 3]})
    if damaged:
        part.write_bytes(part.read_bytes()[:40])
    model = load(folder(tmp_path, CONFIG))
    assert (model.facts.total_parameters, reasons(model), model.warnings) == (TOTAL, "", ())
    assert 'unknown model_type "warp": read by its keys' in reasons(load(folder(tmp_path, UNKNOWN)))


def test_parts_of_a_model_without_an_index(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    half = dict(list(beside.items())[:10])
    safetensors(tmp_path / "model-00001-of-00002.safetensors", half)
    safetensors(tmp_path / "model-00002-of-00002.safetensors", {k: v for k, v in beside.items() if k not in half})
    assert load(folder(tmp_path, UNKNOWN | {"warp_speed": 0})).facts.total_parameters == TOTAL
    assert reasons(load(folder(tmp_path, CONFIG))) == ""


def test_values_that_do_not_fit_are_reported_as_ever(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    safetensors(tmp_path / "model.safetensors", beside)
    with pytest.raises(InputError, match="num_key_value_heads 3 does not divide num_attention_heads 4"):
        load(folder(tmp_path, CONFIG | {"num_key_value_heads": 3}))


def test_other_configs_of_a_folder_are_not_compared(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    safetensors(tmp_path / "model.safetensors", {"x.weight": [3, 3]})
    file = tmp_path / "other.json"
    file.write_text(json.dumps(CONFIG), "utf-8")
    assert reasons(load(file)) == ""


def test_towers_of_no_known_family_are_boxes_beside_a_text_model_of_one(
    tmp_path: Path, beside: dict[str, list[int]]
) -> None:
    beside |= {f"tower.blocks.{layer}.warp.weight": [4, 4] for layer in range(5)}
    safetensors(tmp_path / "model.safetensors", beside)
    model = load(folder(tmp_path, UNKNOWN))
    assert model.facts.total_parameters == TOTAL + 80
    assert "tensors of modules that its family does not have, drawn as boxes: tower" in reasons(model)
    assert model.facts.layers == 3
    assert model.facts.kv_cache_bytes(4096) > 0


def test_tensors_inside_the_layers_are_no_tower(tmp_path: Path, beside: dict[str, list[int]]) -> None:
    """All that Llama has, and a module more in each layer: drawn as modules, not as Llama with a box before it."""
    beside |= {f"model.layers.{layer}.warp.weight": [4, 4] for layer in range(3)}
    safetensors(tmp_path / "model.safetensors", beside)
    model = load(folder(tmp_path, UNKNOWN))
    assert model.facts.total_parameters == TOTAL + 48
    assert "counted and drawn by its tensors" in reasons(model)


def test_a_scalar_and_a_module_of_many_tensors(tmp_path: Path) -> None:
    many = {f"tower.{place}.{name}": [2] for place in range(3) for name in map("w{}".format, range(700))}
    safetensors(tmp_path / "model.safetensors", many | {"wte.weight": [20, 8], "scale": []})
    assert load(folder(tmp_path, {"model_type": "warp"})).facts.total_parameters == 2 * 2100 + 160 + 1


def test_weights_that_are_not_there_are_told(tmp_path: Path) -> None:
    """A clone without its large files: the config is read all the same."""
    (tmp_path / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    model = load(folder(tmp_path, UNKNOWN))
    assert 'unknown model_type "warp"' in reasons(model)
    assert "Git LFS pointer" in model.warnings[-1].message

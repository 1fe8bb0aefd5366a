"""What is met in the field beside configs: parts, adapters, pointers, params.json, specs in JSON.

The files of tests/data/field are written by hand for these tests, headers without weights.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archdraw import load
from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.model import Model
from test_weight_files import safetensors

FIELD = Path(__file__).parent / "data" / "field"
Capture = pytest.CaptureFixture[str]


def incomplete(model: Model) -> tuple[str, ...]:
    assert model.reading is not None
    return model.reading.incomplete


def refused(path: Path) -> tuple[str, str]:
    """The one sentence that ``path`` is answered with, and what to do; the exit code is 1."""
    with pytest.raises(InputError) as error:
        load(path)
    assert run(["facts", str(path)]) == 1
    (problem,) = error.value.problems
    return problem.message, problem.hint


READ = {
    "gguf-split": (2_742_528, ""),
    "gguf-folder": (2_742_528, ""),
    "gguf-first-part": (2_486_528, "a part is missing: m-00002-of-00002.gguf"),
    "gguf-lfm2.gguf": (2_783_808, ""),
    "params-mistral": (7_241_732_096, ""),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read(capsys: Capture, name: str) -> None:
    model = load(FIELD / name)
    total, why = READ[name]
    assert (model.facts.total_parameters, ", ".join(incomplete(model))) == (total, why)
    assert run(["facts", str(FIELD / name), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    report = found[0] if isinstance(found, list) else found
    assert (report["total_parameters"], report["complete"]) == (total, not why)


def test_a_gguf_of_llama_4_is_of_the_size_that_it_says() -> None:
    model = load(FIELD / "gguf-llama4.gguf")
    facts = model.facts
    assert (facts.layers, model.spec.hidden_size, model.spec.vocab_size) == (4, 256, 1000)
    attention = 4 * (2 * 256 * 256 + 2 * 64 * 256)
    experts = 4 * (8 + 1) * 3 * 256 * 256 + 4 * 8 * 256
    assert facts.total_parameters == attention + experts + 2 * 1000 * 256 + (2 * 4 + 1) * 256


def test_a_convolution_keeps_no_keys() -> None:
    facts = load(FIELD / "gguf-lfm2.gguf").facts
    assert facts.kv_cache_bytes(1) == 256
    assert facts.recurrent_state_bytes() == 3 * 2 * 256 * 2


REFUSED = {
    "gguf-lora.gguf": ("this is a LoRA adapter of llama, not a model", "name the GGUF file of the model"),
    "gguf-folder/mmproj-F16.gguf": ("that stands beside a language model (mmproj), not a model", "name the GGUF file"),
    "gguf-qwen3next.gguf": ("qwen3next.expert_shared_feed_forward_length is missing", ""),
    "lora-folder": ("this is a LoRA adapter of some/base, not a model", "read some/base instead"),
    "lora-folder/adapter_config.json": ("this is a LoRA adapter of some/base, not a model", "read some/base instead"),
    "lora-folder/adapter_model.safetensors": ("this is a LoRA adapter of some/base, not a model", "read some/base"),
    "tokenizer_config.json": ("this is a tokenizer's config, not a model's", "name the model's config.json"),
    "lfs/model.safetensors": ("this is a Git LFS pointer, not the file", "run: git lfs pull"),
    "lfs": ("this is a Git LFS pointer, not the file", "run: git lfs pull"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_model(name: str) -> None:
    message, hint = refused(FIELD / name)
    assert REFUSED[name][0] in message
    assert REFUSED[name][1] in hint


def test_a_model_inside_of_a_thinker() -> None:
    model = load(FIELD / "thinker.json")
    assert model.facts.layers == 8
    assert any("talker_config" in reason for reason in incomplete(model))


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "generation_config.json": ({"bos_token_id": 1, "eos_token_id": [2, 3], "temperature": 0.6}, "a generation config"),
    "whisper/generation_config.json": ({"alignment_heads": [[1, 2]], "max_length": 448}, "a generation config"),
    "preprocessor_config.json": ({"image_processor_type": "CLIPImageProcessor", "size": 224}, "a processor of images"),
    "tokenizer.json": ({"version": "1.0", "added_tokens": [], "model": {"type": "BPE"}}, "a tokenizer's config"),
    "special_tokens_map.json": ({"bos_token": "<s>", "eos_token": "</s>"}, "a tokenizer's config"),
    "quantize_config.json": ({"bits": 4, "group_size": 128, "desc_act": False}, "how weights are quantized"),
    "vocab.json": ({f"t{number}": number for number in range(200)}, "a vocabulary"),
    "trainer_state.json": ({"log_history": [], "epoch": 1.0}, "the log of a training"),
    "index.json": ({"metadata": {}, "weight_map": {"a": "b"}}, "an index of weights"),
    "model_index.json": (
        {"_class_name": "FluxPipeline", "_diffusers_version": "0.30", "vae": ["diffusers", "AutoencoderKL"]},
        "a pipeline of diffusers, FluxPipeline, of several models: vae",
    ),
    "unet/config.json": (
        {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.30", "block_out_channels": [320, 640]},
        "UNet2DConditionModel of diffusers, which archdraw does not read",
    ),
    "adapter_config.json": ({"peft_type": "IA3", "base_model_name_or_path": None}, "an adapter (IA3), not a model"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_in_json(tmp_path: Path, name: str) -> None:
    data, said = OTHERS[name]
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(data), "utf-8")
    message, hint = refused(file)
    assert said in message
    assert hint


def test_a_folder_of_a_pipeline(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps(OTHERS["model_index.json"][0]), "utf-8")
    assert "a pipeline of diffusers" in refused(tmp_path)[0]


def test_an_unknown_model_is_none_of_them(tmp_path: Path) -> None:
    """Its config may have what a tokenizer's has."""
    data = {"num_layers": 2, "hidden_size": 8, "eos_token_id": 1, "tokenizer_class": "X", "bos_token": "<s>"}
    (tmp_path / "config.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(InputError) as error:
        load(tmp_path)
    assert "vocab_size is missing" in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        ("m.gguf", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        ("model.safetensors", b"/annex/objects/MD5E-s1--0", "git-annex pointer"),
        ("config.json", b"<!DOCTYPE html><html></html>", "this is a web page"),
    ],
)
def test_what_stands_in_for_a_file(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in refused(tmp_path / name)[0]
    (tmp_path / "spec.yaml").write_text("name: x\nhidden_size: 8\nvocab_size: 8\nlayers: [embedding]\n", "utf-8")
    if name == "model.safetensors":
        assert run(["check", str(tmp_path / "spec.yaml"), "--weights", str(tmp_path / name)]) == 1


def test_adapters_by_their_tensors(tmp_path: Path) -> None:
    start = "base_model.model.model.layers.0.self_attn.q_proj"
    shapes = {f"{start}.lora_A.weight": [8, 64], f"{start}.lora_B.weight": [64, 8]}
    message, _ = refused(safetensors(tmp_path / "x.safetensors", shapes))
    assert message == "this is a LoRA adapter, not a model"


SPEC = {
    "name": "Tiny",
    "context_length": 32,
    "hidden_size": 8,
    "vocab_size": 10,
    "layers": [
        "embedding",
        {"decoder": {"times": 3, "attention": {"multi_head": {"num_attention_heads": 4}},
                     "feed_forward": {"swiglu": {"intermediate_size": 16}}}},
        "rmsnorm",
        "output_head",
    ],
}  # fmt: skip


def test_a_spec_in_json_is_a_spec(tmp_path: Path) -> None:
    file = tmp_path / "tiny.json"
    file.write_text(json.dumps(SPEC, indent=1), "utf-8")
    model = load(file)
    assert (model.name, model.reading, model.facts.layers) == ("Tiny", None, 3)
    file.write_text(json.dumps(SPEC | {"hiden_size": 3}, indent=1), "utf-8")
    with pytest.raises(InputError) as error:
        load(file)
    assert error.value.problems[0].span.line > 10


def test_folders_are_models_not_files(tmp_path: Path, capsys: Capture) -> None:
    """A folder of parts with a projector, a tokenizer's files: one model, and no error for what is beside it."""
    for file in (FIELD / "gguf-split").iterdir():
        shutil.copy(file, tmp_path / file.name.replace("0000", "00"))
    shutil.copy(FIELD / "gguf-folder" / "mmproj-F16.gguf", tmp_path / "m.mmproj-F16.gguf")
    shutil.copy(FIELD / "tokenizer_config.json", tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir())[:2] == ["m-001-of-002.gguf", "m-002-of-002.gguf"]
    assert run(["facts", str(tmp_path), "--json"]) == 0
    assert [one["total_parameters"] for one in json.loads(capsys.readouterr().out)] == [2_742_528]
    assert load(tmp_path).facts == load(tmp_path / "m-002-of-002.gguf").facts
    (tmp_path / "m-001-of-002.gguf").unlink()
    message, hint = refused(tmp_path / "m-002-of-002.gguf")
    assert message == "this is part 2 of 2 of a model, and the first part, which describes it, is not here"
    assert hint == "put m-001-of-002.gguf beside it"


LLAMA = {"n_heads": 32, "n_layers": 32, "norm_eps": 1e-5, "dim": 4096}
LLAMA_3 = {"n_kv_heads": 8, "vocab_size": 128_256, "rope_theta": 500_000.0}
MISTRAL = {"head_dim": 128, "hidden_dim": 14_336, "n_kv_heads": 8, "vocab_size": 32_000}
PARAMS: dict[str, tuple[dict[str, Any], int, str]] = {
    "Llama 7B": (LLAMA | {"multiple_of": 256, "vocab_size": -1}, 6_738_415_616, "the tokenizer's; assumed: 32,000"),
    "Llama 3 8B": (LLAMA | LLAMA_3 | {"multiple_of": 1024, "ffn_dim_multiplier": 1.3}, 8_030_261_248, ""),
    "Llama 3.1 8B": (
        LLAMA | LLAMA_3 | {"multiple_of": 1024, "ffn_dim_multiplier": 1.3, "use_scaled_rope": True},
        8_030_261_248,
        "",
    ),
    "Llama 3.2 1B": (
        {
            **(LLAMA | LLAMA_3),
            "dim": 2048,
            "n_layers": 16,
            "multiple_of": 256,
            "ffn_dim_multiplier": 1.5,
            "use_scaled_rope": True,
        },
        1_498_482_688,
        "whether the output layer has a table of its own is not in a params.json",
    ),
    "Mixtral": (LLAMA | MISTRAL | {"moe": {"num_experts_per_tok": 2, "num_experts": 8}}, 46_702_792_704, ""),
    "Pixtral": (
        LLAMA | MISTRAL | {"vision_encoder": {"hidden_size": 1024}},
        7_241_732_096,
        "unrecognized key vision_encoder",
    ),
}


@pytest.mark.parametrize("name", PARAMS)
def test_original_formats(tmp_path: Path, name: str) -> None:
    """Totals are those of the published checkpoints (of Pixtral and Llama 3.2 as far as the file says)."""
    data, total, why = PARAMS[name]
    (tmp_path / "params.json").write_text(json.dumps(data), "utf-8")
    model = load(tmp_path)
    assert model.facts.total_parameters == total
    assert why in "; ".join(incomplete(model))
    assert bool(incomplete(model)) == bool(why)
    assert model.facts.active_parameters == (12_879_925_248 if name == "Mixtral" else total)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"moe_args": {"num_experts": 16}}, "moe_args in a params.json is a key of a structure"),
        ({"kv_lora_rank": 512}, "kv_lora_rank in a params.json is a key of a structure"),
        ({"moe": {"num_experts": 8, "expert_hidden_dim": 512}}, "moe.expert_hidden_dim in a params.json"),
        ({"n_kv_heads": 7}, "n_kv_heads 7 does not divide n_heads 32"),
    ],
)
def test_params_of_another_structure(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    (tmp_path / "params.json").write_text(json.dumps(LLAMA | MISTRAL | more, indent=1), "utf-8")
    with pytest.raises(InputError) as error:
        load(tmp_path)
    assert said in str(error.value)
    if "n_kv_heads" in more:
        assert error.value.problems[0].text.strip() == '"n_kv_heads": 7,'


@pytest.mark.parametrize("odd", ["x", None, [], {}, [1], {"a": 1}, -1, 0, 10**30, float("inf"), True], ids=str)
def test_odd_values_in_params_are_refused_or_read(tmp_path: Path, odd: Any) -> None:
    whole = LLAMA | LLAMA_3 | MISTRAL | {"moe": {"num_experts": 4}, "yarn": {"factor": 2}, "multiple_of": 256}
    whole |= {"ffn_dim_multiplier": 1.5, "use_scaled_rope": True}
    for key in whole:
        for without in ("", "hidden_dim"):
            data = {name: value for name, value in (whole | {key: odd}).items() if name != without}
            (tmp_path / "params.json").write_text(json.dumps(data), "utf-8")
            with contextlib.suppress(InputError):
                load(tmp_path)

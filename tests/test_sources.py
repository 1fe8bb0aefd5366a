"""Everything that a model is read from besides a config.json: GGUF files, weights alone, folders, repositories."""

from __future__ import annotations

import builtins
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.reading import Reading
from archdraw.readers.sources import read_model
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

Shapes = dict[str, tuple[int, ...]]

HIDDEN, VOCABULARY, LAYERS = 32, 48, 4


def total(reading: Reading) -> int:
    """The parameters of the model that was read."""
    return facts(expand(parse_spec(reading.text))).total_parameters


def count(shapes: Shapes) -> int:
    """The numbers that tensors hold."""
    found = 0
    for shape in shapes.values():
        size = 1
        for length in shape:
            size *= length
        found += size
    return found


def refused(path: str | Path) -> str:
    with pytest.raises(InputError) as error:
        read_model(str(path))
    assert all(line.isprintable() for line in str(error.value).splitlines())
    return error.value.problems[0].message


# GGUF


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(given: Any) -> bytes:
    """A value of metadata with its type."""
    match given:
        case bool():
            return struct.pack("<I?", 7, given)
        case int():
            return struct.pack("<II", 4, given)
        case float():
            return struct.pack("<If", 6, given)
        case str():
            return struct.pack("<I", 8) + text(given)
        case list():
            kinds = {bool: (7, "?"), int: (5, "i")}
            if isinstance(given[0], str):
                return struct.pack("<IIQ", 9, 8, len(given)) + b"".join(map(text, given))
            kind, letter = kinds[type(given[0])]
            return struct.pack(f"<IIQ{len(given)}{letter}", 9, kind, len(given), *given)
    raise TypeError(given)


def gguf_file(
    path: Path, architecture: str, metadata: dict[str, Any], shapes: Shapes, *, kind: int = 0, **general: Any
) -> Path:
    """A GGUF file without data; ``metadata`` stand behind the architecture's name, ``general`` by themselves.

    ``kind`` is the type of the numbers of its matrices.
    """
    pairs = {"general.architecture": architecture, "general.name": "Small Model"}
    pairs |= {f"{architecture}.{key}": given for key, given in metadata.items()}
    pairs |= {key.replace("__", "."): given for key, given in general.items()}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(pairs))
    body = b"".join(text(key) + value(given) for key, given in pairs.items())
    for name, shape in shapes.items():
        body += text(name) + struct.pack(
            f"<I{len(shape)}QIQ", len(shape), *reversed(shape), kind if len(shape) > 1 else 0, 0
        )
    path.write_bytes(head + body)
    return path


METADATA = {
    "block_count": LAYERS,
    "embedding_length": HIDDEN,
    "feed_forward_length": 64,
    "context_length": 512,
    "attention.head_count": 4,
    "attention.head_count_kv": 2,
    "attention.layer_norm_rms_epsilon": 1e-6,
    "rope.freq_base": 10000.0,
}


def block(*, head: int = 8, extra: Shapes | None = None, dense: bool = True) -> Shapes:
    """The tensors of one layer with 4 heads over 2 of ``head`` features."""
    shapes: Shapes = {
        "attn_norm.weight": (HIDDEN,),
        "attn_q.weight": (4 * head, HIDDEN),
        "attn_k.weight": (2 * head, HIDDEN),
        "attn_v.weight": (2 * head, HIDDEN),
        "attn_output.weight": (HIDDEN, 4 * head),
        "ffn_norm.weight": (HIDDEN,),
    }
    if dense:
        shapes |= {"ffn_gate.weight": (64, HIDDEN), "ffn_up.weight": (64, HIDDEN), "ffn_down.weight": (HIDDEN, 64)}
    return shapes | (extra or {})


def model(layer: Shapes, *, tied: bool = False) -> Shapes:
    shapes: Shapes = {"token_embd.weight": (VOCABULARY, HIDDEN), "output_norm.weight": (HIDDEN,)}
    if not tied:
        shapes["output.weight"] = (VOCABULARY, HIDDEN)
    return shapes | {f"blk.{index}.{name}": shape for index in range(LAYERS) for name, shape in layer.items()}


def experts(number: int, width: int) -> Shapes:
    return {
        "ffn_gate_inp.weight": (number, HIDDEN),
        "ffn_gate_exps.weight": (number, width, HIDDEN),
        "ffn_up_exps.weight": (number, width, HIDDEN),
        "ffn_down_exps.weight": (number, HIDDEN, width),
    }


NORMS: Shapes = {"attn_q_norm.weight": (8,), "attn_k_norm.weight": (8,)}
BIASES: Shapes = {"attn_q.bias": (32,), "attn_k.bias": (16,), "attn_v.bias": (16,)}
SANDWICH: Shapes = {"post_attention_norm.weight": (HIDDEN,), "post_ffw_norm.weight": (HIDDEN,)}
LATENT: Shapes = {
    "attn_q_a.weight": (12, HIDDEN),
    "attn_q_a_norm.weight": (12,),
    "attn_q_b.weight": (4 * 12, 12),
    "attn_kv_a_mqa.weight": (16 + 4, HIDDEN),
    "attn_kv_a_norm.weight": (16,),
    "attn_k_b.weight": (4, 16, 8),
    "attn_v_b.weight": (4, 6, 16),
    "attn_output.weight": (HIDDEN, 4 * 6),
    "attn_norm.weight": (HIDDEN,),
    "ffn_norm.weight": (HIDDEN,),
}
SHARED: Shapes = {
    "ffn_gate_shexp.weight": (20, HIDDEN),
    "ffn_up_shexp.weight": (20, HIDDEN),
    "ffn_down_shexp.weight": (HIDDEN, 20),
    "exp_probs_b.bias": (6,),
}
HEADS = {"attention.key_length": 8, "attention.value_length": 8}
SPARSE = {"expert_count": 6, "expert_used_count": 2, "expert_feed_forward_length": 20}

GGUF: dict[str, tuple[str, dict[str, Any], Shapes, str]] = {
    "llama": ("llama", {"rope.dimension_count": 8, "vocab_size": VOCABULARY}, model(block()), "swiglu"),
    "mixtral": (
        "llama",
        {"expert_count": 6, "expert_used_count": 2},
        model(block(dense=False, extra=experts(6, 64))),
        "num_experts_per_tok: 2",
    ),
    "qwen2": ("qwen2", {}, model(block(extra=BIASES)), "attention_bias"),
    "qwen3": ("qwen3", HEADS, model(block(extra=NORMS), tied=True), "qk_norm"),
    "qwen3moe": ("qwen3moe", HEADS | SPARSE, model(block(dense=False, extra=NORMS | experts(6, 20))), "num_experts: 6"),
    "gemma2": (
        "gemma2",
        HEADS | {"attention.sliding_window": 64, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0},
        model(block(extra=SANDWICH), tied=True),
        "sliding_window: 64",
    ),
    "gemma3": (
        "gemma3",
        HEADS | {"attention.sliding_window": 64, "attention.sliding_window_pattern": [True, True, True, False]},
        model(block(extra=SANDWICH | NORMS), tied=True),
        "sliding_window: 64",
    ),
    "deepseek": (
        "deepseek2",
        SPARSE
        | {"attention.head_count_kv": 1, "attention.q_lora_rank": 12, "attention.kv_lora_rank": 16}
        | {"attention.key_length": 20, "attention.value_length": 16, "rope.dimension_count": 4}
        | {"attention.key_length_mla": 12, "attention.value_length_mla": 6, "leading_dense_block_count": 0}
        | {
            "expert_group_count": 3,
            "expert_group_used_count": 2,
            "expert_shared_count": 1,
            "expert_weights_scale": 2.5,
            "expert_gating_func": 2,
        },
        model(LATENT | experts(6, 20) | SHARED),
        "multi_head_latent",
    ),
    "phi3": (
        "phi3",
        {"attention.head_count_kv": 4, "rope.dimension_count": 8},
        model(
            {
                "attn_norm.weight": (HIDDEN,),
                "attn_qkv.weight": (3 * HIDDEN, HIDDEN),
                "attn_output.weight": (HIDDEN, HIDDEN),
                "ffn_norm.weight": (HIDDEN,),
                "ffn_up.weight": (128, HIDDEN),
                "ffn_down.weight": (HIDDEN, 64),
            }
        ),
        "multi_head",
    ),
}


@pytest.mark.parametrize("name", GGUF)
def test_a_gguf_file(tmp_path: Path, name: str) -> None:
    """The model of the metadata has exactly the tensors of the file."""
    architecture, metadata, shapes, said = GGUF[name]
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", architecture, METADATA | metadata, shapes)))
    assert reading.incomplete == ()
    buffers = {tensor: shape for tensor, shape in shapes.items() if "exp_probs_b" in tensor}
    assert total(reading) == count(shapes) - count(buffers)
    assert said in reading.text
    assert "name: Small Model" in reading.text


def test_a_gguf_file_of_gpt_oss(tmp_path: Path) -> None:
    layer = block(dense=False, extra=experts(6, 20) | BIASES)
    layer |= {"attn_output.bias": (HIDDEN,), "attn_sinks.weight": (4,), "ffn_gate_inp.bias": (6,)}
    layer |= {"ffn_gate_exps.bias": (6, 20), "ffn_up_exps.bias": (6, 20), "ffn_down_exps.bias": (6, HIDDEN)}
    layer["post_attention_norm.weight"] = layer.pop("ffn_norm.weight")
    metadata = METADATA | HEADS | SPARSE | {"attention.sliding_window": 128}
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", "gpt-oss", metadata, model(layer))))
    assert reading.incomplete == ()
    assert total(reading) == count(model(layer))
    assert "sinks: true" in reading.text


def test_groups_that_are_not_told(tmp_path: Path) -> None:
    architecture, metadata, shapes, _ = GGUF["deepseek"]
    known = {key: given for key, given in (METADATA | metadata).items() if "group" not in key}
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", architecture, known, shapes)))
    assert reading.incomplete == ("whether experts are chosen within groups is not in the file",)


def test_a_vocabulary_without_tensors(tmp_path: Path) -> None:
    tokens = [f"t{number}" for number in range(VOCABULARY)]
    file = gguf_file(tmp_path / "small.gguf", "llama", METADATA, {}, tokenizer__ggml__tokens=tokens)
    assert f"vocab_size: {VOCABULARY}" in read_model(str(file)).text


def test_positions_that_are_stretched(tmp_path: Path) -> None:
    scaling = {"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0, "rope.scaling.original_context_length": 128}
    file = gguf_file(tmp_path / "small.gguf", "llama", METADATA | scaling, model(block()))
    reading = read_model(str(file))
    assert "rope_type: yarn" in reading.text
    assert reading.incomplete == ()


def test_what_is_not_understood_is_told(tmp_path: Path) -> None:
    file = gguf_file(tmp_path / "small.gguf", "llama", METADATA | {"warp.drive": 3}, model(block()))
    assert read_model(str(file)).incomplete == ("unrecognized key llama.warp.drive",)


def test_tensors_that_the_family_does_not_have_are_told(tmp_path: Path) -> None:
    shapes = model(block(extra={"attn_warp.weight": (3, 5)}))
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", "llama", METADATA, shapes)))
    assert reading.incomplete == ("by the file, blk.0-3.attn_warp.weight [3, 5] is not in the spec",)
    assert "incomplete:" in reading.text


def test_an_unknown_architecture_is_what_its_tensors_are(tmp_path: Path) -> None:
    """All of them are those of a plain decoder: verified. With others it is the modules of its tensors."""
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", "warp", METADATA, model(block()))))
    assert (reading.incomplete, total(reading)) == ((), count(model(block())))
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", "warp", METADATA | {"warp.drive": 3}, model(block()))))
    assert reading.incomplete == ("unrecognized key warp.warp.drive",)
    shapes = model(block()) | {"blk.2.attn_q.weight": (3, 5)}
    reading = read_model(str(gguf_file(tmp_path / "small.gguf", "warp", METADATA, shapes)))
    assert total(reading) == count(shapes)
    assert 'unknown model_type "warp": counted and drawn by its tensors' in reading.incomplete[0]


def test_an_unknown_architecture_without_tensors_is_incomplete(tmp_path: Path) -> None:
    file = gguf_file(tmp_path / "small.gguf", "warp", METADATA | {"vocab_size": 48}, {})
    assert any("warp" in reason for reason in read_model(str(file)).incomplete)


def test_a_gguf_file_in_parts(tmp_path: Path) -> None:
    shapes = model(block())
    first = {name: shape for name, shape in shapes.items() if not name.startswith("blk.3")}
    second = {name: shape for name, shape in shapes.items() if name.startswith("blk.3")}
    gguf_file(tmp_path / "s-00001-of-00002.gguf", "llama", METADATA, first, split__count=2)
    gguf_file(tmp_path / "s-00002-of-00002.gguf", "llama", {}, second, split__count=2)
    reading = read_model(str(tmp_path))
    assert (reading.incomplete, total(reading)) == ((), count(shapes))


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"block_count": 0}, "llama.block_count 0 is not between"),
        ({"embedding_length": 2**31}, "llama.embedding_length 2,147,483,648 is not between"),
        ({"attention.head_count": "x"}, 'llama.attention.head_count must be a whole number, not "x"'),
        ({"attention.head_count": 0}, "llama.attention.head_count 0 is not between"),
        ({"block_count": [1, 2]}, "llama.block_count must be a whole number"),
        (
            {"attention.head_count_kv": 3},
            "llama.attention.head_count_kv 3 does not divide llama.attention.head_count 4",
        ),
        ({"attention.head_count": 5}, "llama.attention.head_count_kv 2 does not divide llama.attention.head_count 5"),
    ],
)
def test_metadata_that_cannot_be(tmp_path: Path, metadata: dict[str, Any], message: str) -> None:
    assert message in refused(gguf_file(tmp_path / "small.gguf", "llama", METADATA | metadata, model(block())))


def test_a_gguf_file_that_does_not_say_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "small.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    assert "has no general.architecture" in refused(file)


def test_empty_metadata_say_what_is_missing(tmp_path: Path) -> None:
    assert "is missing" in refused(gguf_file(tmp_path / "small.gguf", "llama", {}, {}))


# Weights alone


def hugging_face(layer: Shapes, *, tied: bool = False) -> Shapes:
    shapes: Shapes = {"model.embed_tokens.weight": (VOCABULARY, HIDDEN), "model.norm.weight": (HIDDEN,)}
    if not tied:
        shapes["lm_head.weight"] = (VOCABULARY, HIDDEN)
    return shapes | {f"model.layers.{index}.{name}": shape for index in range(LAYERS) for name, shape in layer.items()}


def safetensors(path: Path, shapes: Shapes) -> Path:
    header = {name: {"dtype": "BF16", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    content = json.dumps(header).encode()
    path.write_bytes(len(content).to_bytes(8, "little") + content)
    return path


DENSE: Shapes = {
    "input_layernorm.weight": (HIDDEN,),
    "post_attention_layernorm.weight": (HIDDEN,),
    "self_attn.q_proj.weight": (32, HIDDEN),
    "self_attn.k_proj.weight": (16, HIDDEN),
    "self_attn.v_proj.weight": (16, HIDDEN),
    "self_attn.o_proj.weight": (HIDDEN, 32),
    "mlp.gate_proj.weight": (64, HIDDEN),
    "mlp.up_proj.weight": (64, HIDDEN),
    "mlp.down_proj.weight": (HIDDEN, 64),
}
QUERY_NORMS: Shapes = {"self_attn.q_norm.weight": (8,), "self_attn.k_norm.weight": (8,)}
QUERY_BIASES: Shapes = {"self_attn.q_proj.bias": (32,), "self_attn.k_proj.bias": (16,), "self_attn.v_proj.bias": (16,)}
EXPERT: Shapes = {"gate_proj": (20, HIDDEN), "up_proj": (20, HIDDEN), "down_proj": (HIDDEN, 20)}
ROUTED: Shapes = {"mlp.gate.weight": (6, HIDDEN)}
ROUTED |= {f"mlp.experts.{expert}.{name}.weight": shape for expert in range(6) for name, shape in EXPERT.items()}
WITHOUT_FEED_FORWARD = {name: shape for name, shape in DENSE.items() if not name.startswith("mlp.")}

OVER_ALL_HEADS: Shapes = {"self_attn.q_norm.weight": (32,), "self_attn.k_norm.weight": (16,)}
BEHIND: Shapes = {name: shape for name, shape in DENSE.items() if name != "input_layernorm.weight"}
BEHIND |= {"post_feedforward_layernorm.weight": (HIDDEN,)}

BARE: dict[str, tuple[Shapes, str]] = {
    "llama": (hugging_face(DENSE), "intermediate_size: 64"),
    "tied llama": (hugging_face(DENSE, tied=True), "tie_word_embeddings: true"),
    "qwen2": (hugging_face(DENSE | QUERY_BIASES), "attention_bias"),
    "qwen3": (hugging_face(DENSE | QUERY_NORMS), "head_dim: 8"),
    "olmo2": (hugging_face(BEHIND | OVER_ALL_HEADS), "rmsnorm_per_projection"),
    "qwen3_moe": (hugging_face(WITHOUT_FEED_FORWARD | QUERY_NORMS | ROUTED), "num_experts: 6"),
    "mixtral": (hugging_face(WITHOUT_FEED_FORWARD | ROUTED), "num_experts: 6"),
}


@pytest.mark.parametrize("name", BARE)
def test_weights_alone_tell_their_counts(tmp_path: Path, name: str) -> None:
    shapes, said = BARE[name]
    reading = read_model(str(safetensors(tmp_path / "small.safetensors", shapes)))
    assert total(reading) == count(shapes)
    assert said in reading.text
    assert "context length and rotary embedding are not in the shapes" in reading.incomplete
    if name in ("llama", "olmo2"):
        assert any("the number of heads" in reason for reason in reading.incomplete)
    if "num_experts" in said:
        assert any("the number of experts per token" in reason for reason in reading.incomplete)


def test_weights_that_do_not_tell_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "small.safetensors"
    message = refused(safetensors(file, hugging_face(DENSE | {"self_attn.warp.weight": (7,)})))
    assert message.startswith("names and shapes alone do not determine the model: the nearest is llama, but ")
    assert "model.layers.0-3.self_attn.warp.weight [7] is not in the spec" in message
    # A tensor of the right shape under another name is not that tensor.
    called = {name.replace("o_proj", "output"): shape for name, shape in hugging_face(DENSE).items()}
    assert "do not determine the model" in refused(safetensors(file, called))
    assert "no embedding and layers" in refused(safetensors(file, {"a": (1,), "layers.0.b": (2, 3)}))
    odd = hugging_face(DENSE | {"self_attn.q_proj.weight": (0,), "self_attn.k_proj.weight": ()})
    assert "do not determine" in refused(safetensors(file, odd))


# Folders


CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 512,
    "rope_theta": 10000.0,
}


def config_in(folder: Path, **more: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | more), "utf-8")
    return folder


def test_a_folder_with_a_config(tmp_path: Path) -> None:
    folder = config_in(tmp_path / "my-model")
    safetensors(folder / "model.safetensors", {"a": (1,)})
    for path in (folder, folder / "config.json", folder / "model.safetensors"):
        reading = read_model(str(path))
        assert "name: my-model" in reading.text
        assert total(reading) == count(hugging_face(DENSE))


def test_a_folder_with_weights_alone(tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    safetensors(folder / "model.safetensors", hugging_face(DENSE))
    assert "name: my-model" in read_model(str(folder)).text
    assert "name: my-model" in read_model(str(folder / "model.safetensors")).text


def test_a_folder_with_nothing_or_too_much(tmp_path: Path) -> None:
    assert refused(tmp_path) == "there is no model in this folder"
    for name in ("a", "b"):
        gguf_file(tmp_path / f"{name}.gguf", "llama", METADATA, model(block()))
    assert refused(tmp_path) == "there are 2 GGUF files in this folder"
    (tmp_path / "a.gguf").unlink()
    gguf_file(tmp_path / "mmproj-b.gguf", "clip", {}, {})
    assert read_model(str(tmp_path)).incomplete == ()


@pytest.mark.parametrize("path", ["none.json", "a/b/c", "\0", "x" * 5000, "", "a b/c", "../x/.."])
def test_what_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path / "..")
    with pytest.raises(InputError):
        read_model(path)


# Repositories


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub with one repository; the hub is out of reach."""
    pytest.importorskip("huggingface_hub")
    folder = tmp_path / "cache"
    repository = folder / "models--nobody--small-model"
    snapshot = repository / "snapshots" / ("0" * 40)
    config_in(snapshot)
    config_in(repository / "snapshots" / ("1" * 40), num_hidden_layers=2)
    for name, commit in (("main", "0" * 40), ("v2", "1" * 40)):
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / name).write_text(commit, "utf-8")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def in_reach(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub answers, whatever a test makes of that."""
    monkeypatch.setattr("archdraw.readers.hub._in_reach", lambda _: True)


def test_a_repository_in_the_cache(cache: Path) -> None:
    reading = read_model("nobody/small-model")
    assert "name: small-model" in reading.text
    assert total(reading) == count(hugging_face(DENSE))
    assert total(read_model("nobody/small-model@v2")) < total(reading)


def test_a_repository_that_is_out_of_reach(cache: Path) -> None:
    message = refused("nobody/another-model")
    assert message == "file not found, and no such repository in the cache; the hub is out of reach"


def test_a_folder_goes_before_a_repository(cache: Path, tmp_path: Path) -> None:
    config_in(tmp_path / "nobody" / "small-model", num_hidden_layers=1)
    assert total(read_model("nobody/small-model")) < count(hugging_face(DENSE))


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "huggingface_hub":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError) as error:
        read_model("nobody/small-model")
    (problem,) = error.value.problems
    assert "huggingface_hub" in problem.message
    assert problem.hint == 'pip install "archdraw-nn[hub]"'


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("RepositoryNotFoundError", "file not found and no such repository, or it is private"),
        ("GatedRepoError", "this repository is gated"),
        ("RevisionNotFoundError", "this repository has no revision v9"),
        ("EntryNotFoundError", "this repository has no config.json and no params.json"),
    ],
)
def test_what_the_hub_answers(in_reach: None, monkeypatch: pytest.MonkeyPatch, error: str, message: str) -> None:
    import huggingface_hub

    kind = getattr(huggingface_hub.errors, error)

    def answer(*_: Any, **__: Any) -> str:
        raise kind.__new__(kind)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", answer)
    assert refused("nobody/other@v9") == message


def test_a_network_that_breaks(in_reach: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def answer(*_: Any, **__: Any) -> str:
        raise RuntimeError("the line is down\nand more")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", answer)
    assert refused("nobody/other") == "the hub cannot be read: the line is down"

"""Tensors of a tree beside those of a file: names of every convention, and every way in which they can differ."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from archdraw.model import load
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from archdraw.weights.comparison import compare
from archdraw.weights.naming import conventions, template_of
from archdraw.weights.shapes import ranges_of, ranges_text, shapes_of, shapes_text
from archdraw.weights.storage import GGML_TYPES
from archdraw.weights.tensors import Tensor, tensors

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))

DENSE = """
name: Tiny
context_length: 32
hidden_size: 8
vocab_size: 10
layers:
  - embedding
  - decoder:
      times: 3
      attention: {grouped_query: {num_attention_heads: 4, num_key_value_heads: 2, qk_norm: rmsnorm_per_head}}
      feed_forward: {swiglu: {intermediate_size: 16}}
  - rmsnorm
  - output_head
"""
SPARSE = DENSE.replace(
    "{swiglu: {intermediate_size: 16}}",
    "{mixture_of_experts: {num_experts: 4, num_experts_per_tok: 2, moe_intermediate_size: 6}}",
).replace(", qk_norm: rmsnorm_per_head", "")

ATTENTION = {"q_proj": (8, 8), "k_proj": (4, 8), "v_proj": (4, 8), "o_proj": (8, 8)}
FEED_FORWARD = {"gate_proj": (16, 8), "up_proj": (16, 8), "down_proj": (8, 16)}


def tree(text: str) -> list[Tensor]:
    return list(tensors(expand(parse_spec(text))))


def hugging_face(layers: int = 3) -> dict[str, tuple[int, ...]]:
    """The tensors of DENSE as a class of transformers calls them."""
    named: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (10, 8)}
    for layer in range(layers):
        start = f"model.layers.{layer}."
        named |= {f"{start}self_attn.{name}.weight": shape for name, shape in ATTENTION.items()}
        named |= {f"{start}self_attn.{name}.weight": (2,) for name in ("q_norm", "k_norm")}
        named |= {f"{start}mlp.{name}.weight": shape for name, shape in FEED_FORWARD.items()}
        named |= {f"{start}{name}.weight": (8,) for name in ("input_layernorm", "post_attention_layernorm")}
    return named | {"model.norm.weight": (8,), "lm_head.weight": (10, 8)}


def stored(named: dict[str, tuple[int, ...]]) -> list[Tensor]:
    return [Tensor(name, shape) for name, shape in named.items()]


def differences(text: str, named: dict[str, tuple[int, ...]]) -> list[str]:
    result = compare(tree(text), stored(named))
    return [*result.lines(), *result.renamed_lines()]


@pytest.mark.parametrize("file", SPECS, ids=[file.stem for file in SPECS])
def test_tensors_are_what_is_counted(file: Path) -> None:
    block = load(file).block
    found = list(tensors(block))
    assert sum(tensor.count for tensor in found) == facts(block).total_parameters
    own = [tensor.name for tensor in found if not tensor.tied]
    assert len(set(own)) == len(own)


def test_layers_are_written_out() -> None:
    names = [tensor.name for tensor in tree(DENSE)]
    assert names[0] == "embed_tokens.weight"
    assert "layers.2.self_attn.q_norm.weight" in names
    assert len(names) == 3 + 3 * 11


def test_experts_are_stacked_and_others_marked() -> None:
    text = SPARSE.replace("hidden_size: 8", "hidden_size: 8\ntie_word_embeddings: true")
    found = {tensor.name: tensor for tensor in tree(text)}
    assert found["layers.0.mlp.experts.up_proj.weight"].shape == (4, 6, 8)
    assert found["lm_head.weight"].tied
    assert found["lm_head.weight"].count == 0


def test_what_agrees_is_silent() -> None:
    result = compare(tree(DENSE), stored(hugging_face()))
    assert (result.differences, result.renamed, result.matched) == ((), (), 36)
    assert result.convention == "Hugging Face"


def test_each_missing_tensor_is_named() -> None:
    named = hugging_face()
    for layer in (0, 2):
        del named[f"model.layers.{layer}.self_attn.k_norm.weight"]
    assert differences(DENSE, named) == ["layers.0,2.self_attn.k_norm.weight [2] is missing"]


def test_each_extra_tensor_is_named_as_the_file_has_it() -> None:
    named = hugging_face() | {f"model.layers.{layer}.self_attn.q_proj.bias": (8,) for layer in range(3)}
    assert differences(DENSE, named) == ["model.layers.0-2.self_attn.q_proj.bias [8] is not in the spec"]


def test_another_shape_is_told_with_both() -> None:
    named = hugging_face() | {"model.layers.1.mlp.down_proj.weight": (8, 12)}
    assert differences(DENSE, named) == ["layers.1.mlp.down_proj.weight is [8, 12], not [8, 16]"]


def test_more_layers_and_fewer() -> None:
    assert all(line.startswith("model.layers.3.") for line in differences(DENSE, hugging_face(4)))
    assert all(
        line.startswith("layers.2.") and line.endswith("is missing") for line in differences(DENSE, hugging_face(2))
    )


def test_other_names_are_told_where_shapes_agree() -> None:
    named = {name.replace("q_norm", "query_scale"): shape for name, shape in hugging_face().items()}
    assert differences(DENSE, named) == [
        "layers.0-2.self_attn.q_norm.weight is called model.layers.*.self_attn.query_scale.weight in the file, "
        "or is another tensor of the same shape"
    ]


def renamed(named: dict[str, tuple[int, ...]], *pairs: tuple[str, str]) -> dict[str, tuple[int, ...]]:
    for old, new in pairs:
        named = {name.replace(old, new): shape for name, shape in named.items()}
    return named


def test_names_of_gguf() -> None:
    named = renamed(
        hugging_face(),
        *(("model.layers.", "blk."), ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm")),
        *(("lm_head", "output"), ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm")),
        *((f"self_attn.{letter}_proj", f"attn_{letter}") for letter in "qkv"),
        *(("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up")),
        *(("mlp.down_proj", "ffn_down"), ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")),
    )
    assert differences(DENSE, named) == []


def test_names_of_the_first_llama() -> None:
    named = renamed(
        hugging_face(),
        *(("model.", ""), ("embed_tokens", "tok_embeddings"), ("lm_head", "output")),
        *((f"self_attn.{letter}_proj", f"attention.w{letter}") for letter in "qkvo"),
        *(("self_attn.", "attention."), ("mlp.gate_proj", "feed_forward.w1"), ("mlp.up_proj", "feed_forward.w3")),
        *(("mlp.down_proj", "feed_forward.w2"), ("input_layernorm", "attention_norm")),
        ("post_attention_layernorm", "ffn_norm"),
    )
    assert differences(DENSE, named) == []


def fused(named: dict[str, tuple[int, ...]], whole: str, parts: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """``named`` with the ``parts`` of each module as one, rows under rows."""
    made: dict[str, tuple[int, ...]] = {}
    for name, shape in named.items():
        part = next((part for part in parts if f".{part}." in name), None)
        key = name.replace(part, whole) if part else name
        made[key] = (made[key][0] + shape[0], *shape[1:]) if key in made else shape
    return made


def test_fused_projections() -> None:
    named = fused(hugging_face(), "qkv_proj", ("q_proj", "k_proj", "v_proj"))
    named = fused(named, "gate_up_proj", ("gate_proj", "up_proj"))
    assert named["model.layers.0.self_attn.qkv_proj.weight"] == (16, 8)
    assert differences(DENSE, named) == []
    named["model.layers.0.mlp.gate_up_proj.weight"] = (30, 8)
    assert differences(DENSE, named) == ["layers.0.mlp.gate_proj+up_proj.weight is [30, 8], not [32, 8]"]


def sparse() -> dict[str, tuple[int, ...]]:
    """The tensors of SPARSE, each expert's by itself."""
    named = {name: shape for name, shape in hugging_face().items() if ".mlp." not in name and "_norm." not in name}
    for layer in range(3):
        named[f"model.layers.{layer}.mlp.gate.weight"] = (4, 8)
        for expert in range(4):
            start = f"model.layers.{layer}.mlp.experts.{expert}."
            named |= {f"{start}{name}.weight": (6, 8) for name in ("gate_proj", "up_proj")}
            named[f"{start}down_proj.weight"] = (8, 6)
    return named


def test_experts_one_by_one() -> None:
    named = sparse()
    assert differences(SPARSE, named) == []
    del named["model.layers.1.mlp.experts.3.up_proj.weight"]
    named["model.layers.2.mlp.experts.0.down_proj.weight"] = (8, 5)
    assert differences(SPARSE, named) == [
        "layers.1.mlp.experts.3.up_proj.weight [6, 8] is missing",
        "layers.2.mlp.experts.0.down_proj.weight is [8, 5], not [8, 6]",
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_experts_as_one_tensor_in_both_layouts(turned: bool) -> None:
    named = {name: shape for name, shape in sparse().items() if ".experts." not in name}
    for layer in range(3):
        start = f"model.layers.{layer}.mlp.experts."
        named[f"{start}gate_up_proj"] = (4, 8, 12) if turned else (4, 12, 8)
        named[f"{start}down_proj"] = (4, 6, 8) if turned else (4, 8, 6)
    assert differences(SPARSE, named) == []


def test_names_of_mixtral() -> None:
    named = renamed(
        sparse(),
        *((".mlp.", ".block_sparse_moe."), (".gate_proj.", ".w1."), (".down_proj.", ".w2."), (".up_proj.", ".w3.")),
    )
    assert differences(SPARSE, named) == []


def test_quantised_files() -> None:
    """Scales are no weights; packed weights have a shape of their own."""
    named = sparse()
    scales = {name.replace(".weight", ".weight_scale_inv"): (1, 1) for name in named if "proj" in name}
    assert differences(SPARSE, named | scales) == []
    packed = [
        Tensor(name.replace("proj.weight", "proj.weight_packed"), (*shape[:-1], 2) if "proj" in name else shape)
        for name, shape in named.items()
    ]
    result = compare(tree(SPARSE), packed)
    assert (result.differences, result.packed) == ((), 3 * (4 + 12))


def test_second_names_of_tied_tensors_may_be_there_or_not() -> None:
    text = DENSE.replace("hidden_size: 8", "hidden_size: 8\ntie_word_embeddings: true")
    named = hugging_face()
    assert differences(text, named) == []
    del named["lm_head.weight"]
    assert differences(text, named) == []
    assert differences(DENSE, named) == ["lm_head.weight [10, 8] is missing"]


def test_modules_beside_the_model_may_be_there_or_not() -> None:
    text = DENSE.replace(
        "  - rmsnorm\n",
        "  - rmsnorm\n"
        "  - multi_token_prediction: {layer: {decoder: {feed_forward: {swiglu: {intermediate_size: 16}}}}}\n",
    )
    assert differences(text, hugging_face()) == []
    assert differences(text, hugging_face() | {"model.layers.3.eh_proj.weight": (8, 16), "mtp.norm.weight": (8,)}) == []


def test_templates() -> None:
    template = template_of("model.layers.3.mlp.experts.17.w1.weight")
    assert (template.text, template.layer, template.expert) == ("model.layers.#.mlp.experts.w1.weight", 3, 17)
    assert template.numbered("layers.#.x") == "layers.3.x"
    assert template_of("lm_head.weight").layer is None


def test_the_plainest_convention_is_tried_first() -> None:
    assert conventions()[0].name == "Hugging Face"
    assert len({convention.name for convention in conventions()}) == len(conventions())


def test_shapes_in_short_read_back() -> None:
    found = [
        *stored(sparse()),
        Tensor("scale", ()),
        Tensor("x.bias", (3,), tied=True),
        Tensor("y.bias", (3,), buffer=True),
    ]
    text = shapes_text(found)
    assert "model.layers.*.mlp.experts.*.down_proj.weight\t0-2;0-3\t8x6" in text
    assert sorted(shapes_of(text), key=lambda one: one.name) == sorted(found, key=lambda one: one.name)


@pytest.mark.parametrize("numbers", [(0,), (0, 1, 2), (0, 2, 4, 6), (3, 7, 8, 9, 20), (1, 5), (0, 1, 5, 9, 13)])
def test_ranges_read_back(numbers: tuple[int, ...]) -> None:
    assert ranges_of(ranges_text(numbers)) == numbers


def test_types_of_gguf_files_are_those_of_the_library() -> None:
    """Of each type that it has: the weights and the bytes of a block. Numbers of types that it has dropped may stay."""
    from gguf import GGML_QUANT_SIZES

    found = {number: (weights, size) for number, (_, weights, size) in GGML_TYPES.items()}
    assert {int(kind): tuple(sizes) for kind, sizes in GGML_QUANT_SIZES.items()}.items() <= found.items()
    assert {int(kind): kind.name for kind in GGML_QUANT_SIZES}.items() <= {
        number: name for number, (name, _, _) in GGML_TYPES.items()
    }.items()


@pytest.mark.parametrize(
    "name",
    [
        "model.layers.{}.mlp.gate.e_score_correction_bias",
        "model.layers.{}.mlp.expert_bias",
        "model.layers.{}.mlp.router.e_score_correction.bias",
    ],
)
def test_a_selection_bias_has_one_name(name: str) -> None:
    (plain,) = (one for one in conventions() if not one.rules)
    assert any(found.endswith(".mlp.gate.e_score_correction_bias") for found in plain.names(name))

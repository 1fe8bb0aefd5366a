"""Experts of quantized models, stacked in one tensor."""

from __future__ import annotations

import json
from pathlib import Path

from archdraw.model import load
from archdraw.weights.comparison import compare
from archdraw.weights.packing import unpacked
from archdraw.weights.tensors import Tensor, tensors

FIELD = Path(__file__).parent / "data" / "field"


def test_experts_in_blocks_of_four_bits(tmp_path: Path) -> None:
    """As gpt-oss is published: 32 weights of four bits in a block of 16 bytes, one scale for each block."""
    config = json.loads((FIELD.parent / "families" / "gpt_oss--GptOssForCausalLM.json").read_text("utf-8"))
    sizes = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_local_experts": 4,
        "layer_types": None,
        "num_hidden_layers": 2,
    }
    (tmp_path / "config.json").write_text(json.dumps(config | sizes | {"layer_types": None}), "utf-8")
    model = load(tmp_path)
    stored = []
    for tensor in tensors(model.block):
        name, shape = f"model.{tensor.name}", tensor.shape
        if name.endswith(("experts.gate_up_proj.weight", "experts.down_proj.weight")):
            name = name.removesuffix(".weight")
            stored.append(Tensor(f"{name}_blocks", (*shape[:-1], shape[-1] // 32, 16), packed=True, dtype="U8"))
            stored.append(Tensor(f"{name}_scales", (*shape[:-1], shape[-1] // 32), packed=True, dtype="U8"))
        else:
            stored.append(Tensor(name, shape))
    assert {tensor.name.rpartition("_")[2] for tensor in stored} >= {"blocks", "scales"}
    result = compare(tensors(model.block), stored)
    assert (result.differences, result.renamed, result.packed) == ((), (), 0)
    assert sum(tensor.count for tensor in unpacked(stored)) == model.facts.total_parameters


def test_stacked_experts_of_mlx(tmp_path: Path) -> None:
    config = json.loads((FIELD.parent / "families" / "qwen3_moe--Qwen3MoeForCausalLM.json").read_text("utf-8"))
    sizes = {"hidden_size": 128, "num_experts": 4, "moe_intermediate_size": 64, "num_hidden_layers": 2}
    (tmp_path / "config.json").write_text(json.dumps(config | sizes | {"layer_types": None}), "utf-8")
    model = load(tmp_path)
    stored = []
    for tensor in tensors(model.block):
        name, shape = f"model.{tensor.name}".replace(".experts.", ".switch_mlp."), tensor.shape
        if len(shape) > 1:
            path = name.removesuffix(".weight")
            stored.append(Tensor(name, (*shape[:-1], shape[-1] // 8), packed=True, dtype="U32"))
            for end in ("scales", "biases"):
                stored.append(Tensor(f"{path}.{end}", (*shape[:-1], shape[-1] // 64), dtype="BF16"))
        else:
            stored.append(Tensor(name, shape))
    result = compare(tensors(model.block), stored)
    assert (result.differences, result.renamed, result.packed) == ((), (), 0)

"""Quantised weights: the matrices that each format packs; its bookkeeping tensors are no weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil, prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.readers.sources import read_model
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from archdraw.weights.headers import PACKED_TYPES, read_tensors
from archdraw.weights.packing import BOOKKEEPING, unpacked
from archdraw.weights.tensors import Tensor

FIELD = Path(__file__).parent / "data" / "field"
Entry = tuple[str, tuple[int, ...]]
Pack = Callable[[int, int], dict[str, Entry]]
"""What a file has for a matrix of so many output and input features: ends of names, with number type and shape."""

HIDDEN, VOCABULARY, LAYERS = 128, 96, 3
MATRICES = {
    **{f"self_attn.{letter}_proj": (size, HIDDEN) for letter, size in (("q", 128), ("k", 64), ("v", 64), ("o", 128))},
    "mlp.gate_proj": (256, HIDDEN),
    "mlp.up_proj": (256, HIDDEN),
    "mlp.down_proj": (HIDDEN, 256),
}
TOTAL = LAYERS * (sum(map(prod, MATRICES.values())) + 2 * HIDDEN) + 2 * VOCABULARY * HIDDEN + HIDDEN
CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "vocab_size": VOCABULARY,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 256,
    "max_position_embeddings": 64,
}


def gptq(bits: int, group: int = 32, *, order: bool = True) -> Pack:
    def pack(out: int, into: int) -> dict[str, Entry]:
        made: dict[str, Entry] = {
            "qweight": ("I32", (into * bits // 32, out)),
            "qzeros": ("I32", (into // group, out * bits // 32)),
            "scales": ("F16", (into // group, out)),
        }
        return made | ({"g_idx": ("I32", (into,))} if order else {})

    return pack


def awq(out: int, into: int) -> dict[str, Entry]:
    return {
        "qweight": ("I32", (into, out // 8)),
        "qzeros": ("I32", (into // 64, out // 8)),
        "scales": ("F16", (into // 64, out)),
    }


def compressed(bits: int, group: int, *, zeros: bool = False) -> Pack:
    def pack(out: int, into: int) -> dict[str, Entry]:
        groups = into // group if group else 1
        made: dict[str, Entry] = {
            "weight_packed": ("I32", (out, ceil(into * bits / 32))),
            "weight_scale": ("BF16", (out, groups)),
            "weight_shape": ("I64", (2,)),
        }
        return made | ({"weight_zero_point": ("I32", (out * bits // 32, groups))} if zeros else {})

    return pack


def fp4(name: str, group: int, scale: str) -> Pack:
    def pack(out: int, into: int) -> dict[str, Entry]:
        return {
            name: ("U8", (out, into // 2)),
            "weight_scale": (scale, (out, into // group)),
            "weight_scale_2": ("F32", ()),
            "weight_global_scale": ("F32", (1,)),
            "input_scale": ("F32", ()),
            "input_global_scale": ("F32", (1,)),
        }

    return pack


def bitsandbytes(kind: str, *, nested: bool) -> Pack:
    def pack(out: int, into: int) -> dict[str, Entry]:
        blocks = out * into // 64
        made: dict[str, Entry] = {
            "weight": ("U8", (out * into // 2, 1)),
            "weight.absmax": ("U8" if nested else "F32", (blocks,)),
            "weight.quant_map": ("F32", (16,)),
            f"weight.quant_state.bitsandbytes__{kind}": ("U8", (90,)),
        }
        more: dict[str, Entry] = {
            "weight.nested_absmax": ("F32", (ceil(blocks / 256),)),
            "weight.nested_quant_map": ("F32", (256,)),
        }
        return made | (more if nested else {})

    return pack


def int8(out: int, into: int) -> dict[str, Entry]:
    return {"weight": ("I8", (out, into)), "SCB": ("F32", (out,)), "weight_format": ("U8", ())}


def fp8(out: int, into: int) -> dict[str, Entry]:
    return {"weight": ("F8_E4M3", (out, into)), "weight_scale_inv": ("F32", (ceil(out / 128), ceil(into / 128)))}


def channels(out: int, into: int) -> dict[str, Entry]:
    return {"weight": ("I8", (out, into)), "weight_scale": ("BF16", (out, 1)), "weight_zero_point": ("I8", (out, 1))}


def mlx(bits: int, group: int, scale: str = "BF16") -> Pack:
    def pack(out: int, into: int) -> dict[str, Entry]:
        made: dict[str, Entry] = {
            "weight": ("U32", (out, into * bits // 32)),
            "scales": (scale, (out, into // group)),
        }
        return made | ({"biases": (scale, (out, into // group))} if scale != "U8" else {})

    return pack


FORMATS: dict[str, Pack] = {
    **{f"gptq-{bits}": gptq(bits) for bits in (2, 3, 4, 8)},
    "gptq-unordered": gptq(4, order=False),
    "gptq-channels": gptq(4, 128),
    "awq": awq,
    **{f"compressed-{bits}-{group}": compressed(bits, group) for bits in (4, 8) for group in (0, 32, 64, 128)},
    "compressed-zeros": compressed(4, 32, zeros=True),
    "compressed-channels": channels,
    "fp8": fp8,
    "int8": int8,
    "nvfp4": fp4("weight", 16, "F8_E4M3"),
    "nvfp4-compressed": fp4("weight_packed", 16, "F8_E4M3"),
    "mxfp4": fp4("weight", 32, "U8"),
    "mxfp4-compressed": fp4("weight_packed", 32, "U8"),
    "nf4": bitsandbytes("nf4", nested=True),
    "fp4": bitsandbytes("fp4", nested=False),
    **{f"mlx-{bits}-{group}": mlx(bits, group) for bits in (2, 3, 4, 5, 6, 8) for group in (32, 64, 128)},
    "mlx-mxfp4": mlx(4, 32, "U8"),
}


def plain(out: int, into: int) -> dict[str, Entry]:
    return {"weight": ("BF16", (out, into))}


def checkpoint(file: Path, pack: Pack, *, down: Pack | None = None, tables: Pack = plain) -> Path:
    """A header of a Llama: matrices packed by ``pack``, those of down projections by ``down``."""
    entries: dict[str, Entry] = {"model.norm.weight": ("BF16", (HIDDEN,))}
    matrices: dict[str, tuple[tuple[int, int], Pack]] = {
        "model.embed_tokens": ((VOCABULARY, HIDDEN), tables),
        "lm_head": ((VOCABULARY, HIDDEN), tables),
    }
    for layer in range(LAYERS):
        for norm in ("input", "post_attention"):
            entries[f"model.layers.{layer}.{norm}_layernorm.weight"] = ("BF16", (HIDDEN,))
        for name, shape in MATRICES.items():
            way = down if down is not None and "down" in name else pack
            matrices[f"model.layers.{layer}.{name}"] = (shape, way)
    for name, (shape, way) in matrices.items():
        entries |= {f"{name}.{end}": entry for end, entry in way(*shape).items()}
    header = {name: {"dtype": kind, "shape": shape, "data_offsets": [0, 0]} for name, (kind, shape) in entries.items()}
    content = json.dumps(header).encode()
    file.write_bytes(len(content).to_bytes(8, "little") + content)
    return file


@pytest.mark.parametrize("name", FORMATS)
def test_a_packed_checkpoint_has_its_matrices_and_nothing_else(tmp_path: Path, name: str) -> None:
    tables = FORMATS[name] if name.startswith("mlx") else plain
    found = unpacked(read_tensors([checkpoint(tmp_path / "model.safetensors", FORMATS[name], tables=tables)]))
    shapes = {tensor.name: tensor.shape for tensor in found if not tensor.name.endswith("weight_scale_inv")}
    wanted = {f"model.layers.{layer}.{part}.weight": MATRICES[part] for layer in range(LAYERS) for part in MATRICES}
    assert {key: shape for key, shape in shapes.items() if "_proj" in key} == wanted
    assert sum(map(prod, shapes.values())) == TOTAL


@pytest.mark.parametrize("name", FORMATS)
def test_a_packed_checkpoint_alone_and_beside_a_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = checkpoint(tmp_path / "model.safetensors", FORMATS[name])
    assert facts(expand(parse_spec(read_model(str(file)).text))).total_parameters == TOTAL
    (tmp_path / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    assert run(["check", str(tmp_path / "config.json"), "--weights", str(file)]) == 0
    assert f"{9 * LAYERS + 3} tensors agree (Hugging Face names)" in capsys.readouterr().out


def test_matrices_of_another_size_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkpoint(tmp_path / "model.safetensors", gptq(4))
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | {"intermediate_size": 512}), "utf-8")
    assert run(["check", str(tmp_path / "config.json"), "--weights", str(file)]) == 1
    assert "layers.0-2.mlp.down_proj.weight is [128, 256], not [128, 512]" in capsys.readouterr().err


def test_numbers_of_bits_may_differ_in_one_file(tmp_path: Path) -> None:
    file = checkpoint(tmp_path / "model.safetensors", mlx(4, 64), down=mlx(6, 64), tables=mlx(8, 64))
    assert facts(expand(parse_spec(read_model(str(file)).text))).total_parameters == TOTAL
    file = checkpoint(tmp_path / "other.safetensors", gptq(4), down=gptq(8))
    assert facts(expand(parse_spec(read_model(str(file)).text))).total_parameters == TOTAL


def hqq(out: int, into: int) -> dict[str, Entry]:
    return {"W_q": ("U8", (out * into // 128, 64)), "meta": ("U8", (7,))}


def bare(out: int, into: int) -> dict[str, Entry]:
    return {"qweight": ("I32", (into // 8, out))}


@pytest.mark.parametrize("pack", [hqq, bare])
def test_what_does_not_tell_is_refused_with_a_way_out(tmp_path: Path, pack: Pack) -> None:
    with pytest.raises(InputError) as error:
        read_model(str(checkpoint(tmp_path / "model.safetensors", pack)))
    assert "packed weights: model.layers.0.self_attn.q_proj" in str(error.value)
    assert "put their config.json beside them" in str(error.value)


@pytest.mark.parametrize("name", ["only-gptq", "only-nvfp4"])
def test_files_of_the_field_alone(name: str) -> None:
    reading = read_model(str(FIELD / "bare" / f"{name}.safetensors"))
    assert facts(expand(parse_spec(reading.text))).total_parameters == 1_627_392


@pytest.mark.parametrize("name", ["mlx4", "bnb4"])
def test_files_of_the_field_beside_a_config(name: str) -> None:
    assert run(["check", str(FIELD / "weights" / "config.json"), "--weights",
                str(FIELD / "weights" / f"{name}.safetensors")]) == 0  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["m", "m.norm", "lm_head"]),
            st.sampled_from(
                [*BOOKKEEPING, "weight", "qweight", "weight_packed", "weight.absmax", "x_blocks", "x_scales"]
            ),
            st.lists(st.integers(0, 4), max_size=3),
            st.sampled_from(["U8", "I32", "U32", "BF16", "F8_E4M3"]),
        ),
        max_size=12,
    )
)
def test_no_shapes_bring_it_down(found: list[tuple[str, str, list[int], str]]) -> None:
    stored = [
        Tensor(f"{path}.{end}", tuple(shape), packed=kind in PACKED_TYPES, dtype=kind)
        for path, end, shape, kind in found
    ]
    unpacked(stored)

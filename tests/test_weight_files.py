"""Headers of files with weights: what they say, and what becomes of files that are damaged or hostile."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.errors import InputError
from archdraw.weights.gguf_header import Omitted, read_gguf
from archdraw.weights.headers import read_tensors

Shapes = dict[str, list[int]]


def safetensors(path: Path, shapes: Shapes, *, data: bool = True, **more: Any) -> Path:
    """A safetensors file of zeros in bf16."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}} | more
    at = 0
    for name, shape in shapes.items():
        size = 2
        for length in shape:
            size *= length
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(at if data else 0))
    return path


def read(*paths: Path) -> Shapes:
    return {tensor.name: list(tensor.shape) for tensor in read_tensors(paths)}


def refused(*paths: Path) -> str:
    """The message that files are refused with: one problem, at the beginning of the file, in one printable line."""
    with pytest.raises(InputError) as error:
        read_tensors(paths)
    (problem,) = error.value.problems
    assert (problem.span.line, problem.span.column) == (1, 1)
    assert problem.message.isprintable()
    return problem.message


SMALL: Shapes = {"a.weight": [4, 2], "layers.0.b": [3], "scalar": []}


def test_a_safetensors_file(tmp_path: Path) -> None:
    assert read(safetensors(tmp_path / "m.safetensors", SMALL)) == SMALL
    assert read(safetensors(tmp_path / "header.safetensors", SMALL, data=False)) == SMALL


def test_an_index_and_the_files_beside_it(tmp_path: Path) -> None:
    safetensors(tmp_path / "model-00001-of-00002.safetensors", {"a": [2]})
    safetensors(tmp_path / "model-00002-of-00002.safetensors", {"b": [3, 4]})
    places = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}), "utf-8")
    assert read(index) == read(tmp_path) == {"a": [2], "b": [3, 4]}
    assert read(*sorted(tmp_path.glob("*.safetensors"))) == {"a": [2], "b": [3, 4]}
    assert refused(index, index) == f"a is in {index.as_posix()} too"
    (tmp_path / places["b"]).unlink()
    assert refused(index) == "model-00002-of-00002.safetensors is not in the folder of the index"
    index.write_text(json.dumps({"weight_map": {"a": places["a"], "c": places["a"]}}), "utf-8")
    assert refused(index) == "c is in none of the files of the index"


@pytest.mark.parametrize("place", ["../m.safetensors", "/etc/passwd", "a/b.safetensors", 3, None, ""])
def test_an_index_names_files_beside_it_only(tmp_path: Path, place: Any) -> None:
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": place}}), "utf-8")
    assert "no file in its folder" in refused(index)


@pytest.mark.parametrize(
    "data",
    [
        {"a": [2, 3], "b": []},
        {"a": {"shape": [2, 3]}, "b": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}},
        [["a", [2, 3]], ["b", []]],
        [{"name": "a", "shape": [2, 3]}, {"name": "b", "shape": []}],
    ],
)
def test_lists_in_json(tmp_path: Path, data: Any) -> None:
    file = tmp_path / "shapes.json"
    file.write_text(json.dumps(data), "utf-8")
    assert read(file) == {"a": [2, 3], "b": []}


def test_lists_of_this_project(tmp_path: Path) -> None:
    file = tmp_path / "shapes.tsv"
    file.write_text("layers.*.a\t0-1\t2x3\n", "utf-8")
    assert read(file) == {"layers.0.a": [2, 3], "layers.1.a": [2, 3]}
    for wrong in ("a", "a\t0\t2", "*\t0-99999999999999\t2", "*.*\t0-9999;0-9999\t2", "layers.*.a\t\t2", "a\t\t2x"):
        file.write_text(wrong, "utf-8")
        assert "no list of shapes" in refused(file)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.safetensors", b"", "this is no safetensors file: it has only 0 bytes"),
        ("m.safetensors", b"\x00" * 7, "this is no safetensors file: it has only 7 bytes"),
        ("m.safetensors", (2**60).to_bytes(8, "little"), "its header would have 1,152,921,504,606,846,976 bytes"),
        ("m.safetensors", b"\xff" * 400, "its header would have 18,446,744,073,709,551,615 bytes"),
        ("m.safetensors", (90).to_bytes(8, "little") + b"{}", "the file ends in its header: 10 of 98 bytes"),
        ("m.safetensors", (2).to_bytes(8, "little") + b"{x", "its header is no JSON"),
        ("m.safetensors", (2).to_bytes(8, "little") + b"\xff\xfe", "its header is no JSON"),
        ("m.safetensors", (2).to_bytes(8, "little") + b"[]", "its header is no mapping"),
        ("m.safetensors", (2).to_bytes(8, "little") + b"{}", "there are no tensors in this file"),
        ("m.safetensors", (200_000).to_bytes(8, "little") + b"[" * 200_000, "it nests too deeply"),
        ("m.bin", b"PK\x03\x04rest", "this is a PyTorch file"),
        ("m.pt", b"\x80\x02}q\x00.", "this is a PyTorch file"),
        ("m.json", b"{", "this is no JSON"),
        ("m.json", b'{"a": "b"}', "the shape of a is b, not a list of sizes"),
        ("m.json", b'{"a": [1, -1]}', "the shape of a is [1, -1], not a list of sizes"),
        ("m.json", b'{"a": [1e3]}', "not a list of sizes"),
        ("m.json", b'{"a": [true]}', "not a list of sizes"),
        ("m.json", b'{"a": [99999999999999999999]}', "not a list of sizes"),
        ("m.json", b'{"\\u001b[31m": [1]}', "is no name of a tensor"),
        ("m.json", b'{"": [1]}', "is no name of a tensor"),
        ("m.json", b'[["a", [1]], ["a", [2]]]', "there are two tensors called a"),
        ("m.json", b'[["a", [1], 3]]', "is no name and shape"),
        ("m.json", b'{"weight_map": {"a": "b"}}', "this is an index without shapes"),
        ("m.safetensors.index.json", b"{}", "this index has no weight_map"),
        ("m.safetensors.index.json", b'{"weight_map": []}', "this index has no weight_map"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert message in refused(file)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.safetensors") == "file not found"
    assert refused(tmp_path) == "there are no weights in this folder"
    assert "null" in refused(Path("a\0b"))


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    file = safetensors(tmp_path / "m.safetensors", SMALL)
    whole = file.read_bytes()
    for length in (9, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        message = refused(file)
        assert "ends in its header" in message or "is cut off" in message


def test_places_that_cannot_be(tmp_path: Path) -> None:
    for place in (None, [0], [0, "x"], {"a": 1}):
        file = safetensors(tmp_path / "m.safetensors", {}, odd={"dtype": "F32", "shape": [1], "data_offsets": place})
        assert refused(file) == "the header has no place for odd"


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any", numbered=True)
    for name in ("m.safetensors", "m.json", "m.gguf"):
        file = folder / name
        file.write_bytes(b"GGUF\x03\x00\x00\x00" + content if name.endswith("gguf") else content)
        with contextlib.suppress(InputError):
            read_tensors([file])


# GGUF


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf_file(path: Path, pairs: dict[str, bytes], tensors: bytes = b"", number: int = 0, version: int = 3) -> Path:
    """A GGUF file from values with their types, already in bytes."""
    head = b"GGUF" + struct.pack("<IQQ", version, number, len(pairs))
    path.write_bytes(head + b"".join(text(key) + value for key, value in pairs.items()) + tensors)
    return path


def whole(value: int) -> bytes:
    return struct.pack("<II", 4, value)


def tensor(name: str, *sizes: int) -> bytes:
    return text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, 0)


def test_a_gguf_file_of_the_library(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    numpy = pytest.importorskip("numpy")
    file = tmp_path / "m.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_block_count(2)
    writer.add_token_list([f"t{number}" for number in range(7)])
    writer.add_array("llama.flags", [True, False])
    writer.add_float32("llama.x", 0.5)
    writer.add_tensor("token_embd.weight", numpy.zeros((7, 32), numpy.float32))
    writer.add_tensor("blk.0.attn_q.weight", numpy.zeros((5, 32), numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_gguf(file)
    assert read(file) == {"token_embd.weight": [7, 32], "blk.0.attn_q.weight": [5, 32]}
    assert header.metadata["general.architecture"] == "llama"
    assert header.metadata["llama.block_count"] == 2
    assert header.metadata["llama.flags"] == [True, False]
    assert header.metadata["tokenizer.ggml.tokens"] == Omitted(7)
    # The data behind the header are not needed.
    file.write_bytes(file.read_bytes()[:-500])
    assert read_gguf(file) == header


Damage = Callable[[Path], Path]


def _written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


DAMAGE: dict[str, tuple[Damage, str]] = {
    "a number too few": (lambda file: gguf_file(file, {"a": b"\x04\x00\x00\x00\x01"}), "the file ends in its header"),
    "no pairs": (lambda file: gguf_file(file, {}, number=1), "the file ends in its header"),
    "2**60 pairs": (
        lambda file: _written(file, b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60)),
        "the file ends in its header",
    ),
    "2**60 tensors": (lambda file: gguf_file(file, {"a": whole(1)}, number=2**60), "the file ends in its header"),
    "a text of 2**60 bytes": (
        lambda file: gguf_file(file, {"a": struct.pack("<IQ", 8, 2**60)}),
        "the file ends in its header",
    ),
    "an array of 2**60 bytes": (
        lambda file: gguf_file(file, {"a": struct.pack("<IIQ", 9, 0, 2**60)}),
        "the file ends in its header",
    ),
    "an array of 2**60 texts": (
        lambda file: gguf_file(file, {"a": struct.pack("<IIQ", 9, 8, 2**60) + text("x") * 9}),
        "the file ends in its header",
    ),
    "arrays in arrays": (
        lambda file: gguf_file(file, {"a": struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 50}),
        "a value of an unknown type (9)",
    ),
    "an unknown type": (lambda file: gguf_file(file, {"a": struct.pack("<II", 77, 1)}), "an unknown type (77)"),
    "an unknown version": (lambda file: gguf_file(file, {}, version=9), "its version is 9"),
    "the other end first": (lambda file: gguf_file(file, {}, version=3 << 24), "its numbers are big-endian"),
    "a key of no text": (
        lambda file: _written(file, b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2) + b"\xff\xfe" * 9),
        "a text in the header is no UTF-8",
    ),
    "a tensor of 99 dimensions": (
        lambda file: gguf_file(file, {}, text("t") + struct.pack("<I", 99), 1),
        "t has 99 dimensions",
    ),
    "a name that drives terminals": (
        lambda file: gguf_file(file, {}, tensor("\x1b[2J", 1), 1),
        "is no name of a tensor",
    ),
    "a name twice": (lambda file: gguf_file(file, {}, tensor("t", 1) * 2, 2), "there are two tensors called t"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_gguf_file(tmp_path: Path, what: str) -> None:
    damage, message = DAMAGE[what]
    assert message in refused(damage(tmp_path / "m.gguf"))


def test_two_values_for_one_key(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + (text("a") + whole(1)) * 2)
    assert refused(file) == "the metadata have two values for 'a'"


def test_a_file_that_ends_anywhere(tmp_path: Path) -> None:
    file = gguf_file(tmp_path / "m.gguf", {"general.architecture": struct.pack("<I", 8) + text("x")}, tensor("t", 2), 1)
    content = file.read_bytes()
    for length in range(4, len(content)):
        file.write_bytes(content[:length])
        assert refused(file) == f"the file ends in its header, at byte {length:,}"

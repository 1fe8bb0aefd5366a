"""Facts are a monoid fold; the counts of real models are exact."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.app.tables import COLUMNS
from archdraw.errors import ArchdrawError
from archdraw.glossary import text
from archdraw.glossary.common import KV_CACHE_PER_TOKEN
from archdraw.glossary.settings import name_of
from archdraw.spec import expand, load_spec
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Experts,
    Heads,
    Leaf,
    Module,
    Parallel,
    Part,
    Repeat,
    Residual,
    Sequence,
    Side,
    Weight,
    Window,
)
from archdraw.tree.facts import Facts, combined, facts, report
from archdraw.tree.sheet import rows
from archdraw.tree.walks import leaves

ROOT = Path(__file__).parents[1]

small = st.integers(1, 5)
weights = st.builds(
    Weight,
    st.sampled_from(["weight", "bias"]),
    st.lists(small, min_size=1, max_size=3).map(tuple),
    tied=st.booleans(),
    buffer=st.booleans(),
)
windows = st.none() | st.builds(Window, small, chunked=st.booleans())
part_names: st.SearchStrategy[Part] = st.sampled_from(["embedding", "head", "attention", "experts", "norm"])
leaf_blocks = st.builds(
    Leaf,
    st.sampled_from(["a", "b"]),
    st.just("leaf"),
    weights=st.lists(weights, max_size=2).map(tuple),
    part=part_names,
    cache=st.none() | st.builds(Cache, small, windows),
    state=st.integers(0, 3),
)


def _inside(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, max_size=3).map(tuple)
    modules = st.builds(
        Module, st.just("m"), st.sampled_from(["one", "two"]), inner, kind=st.sampled_from(["layer", ""])
    )
    return st.one_of(
        st.builds(Sequence, several),
        st.builds(Parallel, several),
        st.builds(Residual, inner),
        st.builds(Repeat, inner, small),
        st.builds(lambda body, total, spare: Experts(body, total + spare, total), inner, small, st.integers(0, 3)),
        modules,
        st.builds(Side, modules, st.sampled_from(["in", "out"]), counted=st.booleans()),
    )


blocks: st.SearchStrategy[Block] = st.recursive(leaf_blocks, _inside, max_leaves=8)


@given(blocks, blocks, blocks)
def test_blocks_in_a_row_add_up_however_they_are_grouped(first: Block, second: Block, third: Block) -> None:
    flat = facts(Sequence((first, second, third)))
    assert facts(Sequence((Sequence((first, second)), third))) == flat
    assert facts(Sequence((first, Sequence((second, third))))) == flat
    assert combined(combined(facts(first), facts(second)), facts(third)) == flat


@given(blocks)
def test_a_plain_line_is_the_identity(block: Block) -> None:
    assert facts(LINE) == Facts()
    assert facts(Sequence((LINE, block))) == facts(Sequence((block, LINE))) == facts(block)
    assert facts(Residual(block)) == facts(block)


@given(blocks, st.integers(1, 6))
def test_a_repeat_counts_as_so_many_in_a_row(block: Block, times: int) -> None:
    assert facts(Repeat(block, times)) == facts(Sequence((block,) * times))


@given(blocks, st.integers(1, 6))
def test_experts_that_all_work_are_branches(block: Block, total: int) -> None:
    """Their layers are the exception: a layer is a place in the stack, and experts stand in one place."""
    together, apart = facts(Experts(block, total, total)), facts(Parallel((block,) * total))
    assert (together.parts, together.inactive, together.cache) == (apart.parts, apart.inactive, apart.cache)


@given(blocks, st.integers(1, 6), st.integers(0, 6))
def test_idle_experts_are_held_but_not_used(block: Block, active: int, spare: int) -> None:
    one, mixture = facts(block), facts(Experts(block, active + spare, active))
    assert mixture.total_parameters == one.total_parameters * (active + spare)
    assert mixture.active_parameters == one.active_parameters * active


@given(blocks)
def test_less_is_never_more(block: Block) -> None:
    counted = facts(block)
    assert 0 <= counted.active_parameters <= counted.total_parameters
    assert counted.text_parameters <= counted.total_parameters
    assert counted.kv_cache_bytes(1) == counted.kv_cache_bytes_per_token()
    assert counted.kv_cache_bytes(1) <= counted.kv_cache_bytes(7) <= 7 * counted.kv_cache_bytes(1)


def test_cache_keeps_its_window() -> None:
    full = Leaf("k", "K", cache=Cache(10))
    sliding = Leaf("k", "K", cache=Cache(10, Window(4)))
    chunked = Leaf("k", "K", cache=Cache(10, Window(8, chunked=True)))
    counted = facts(Sequence((full, Repeat(sliding, 5), chunked)))
    assert counted.kv_cache_bytes_per_token() == 7 * 10 * 2
    assert counted.kv_cache_bytes(4) == 7 * 10 * 4 * 2
    assert counted.kv_cache_bytes(6) == (6 + 5 * 4 + 6) * 10 * 2
    assert counted.kv_cache_bytes(100) == (100 + 5 * 4 + 8) * 10 * 2
    assert counted.kv_cache_bytes(100, bits=8) == (100 + 5 * 4 + 8) * 10


def _table(name: str, part: Part, *, tied: bool = False) -> Leaf:
    return Leaf(name, name, weights=(Weight("weight", (50, 2), tied=tied),), part=part)


def test_an_input_table_is_left_out_unless_it_is_the_output_too() -> None:
    body = Leaf("mlp", "body", weights=(Weight("weight", (7,)),), part="feed_forward")
    untied = facts(Sequence((_table("in", "embedding"), body, _table("out", "head"))))
    assert (untied.total_parameters, untied.active_parameters_without_input_embedding) == (207, 107)
    tied = facts(Sequence((_table("in", "embedding"), body, _table("out", "head", tied=True))))
    assert (tied.total_parameters, tied.active_parameters_without_input_embedding) == (107, 107)


def test_what_stands_beside_the_spine() -> None:
    body = Leaf("x", "x", weights=(Weight("weight", (7,)),), cache=Cache(4), state=3)
    text = Leaf("y", "y", weights=(Weight("weight", (100,)),), part="attention")
    encoder = Side(Module("v", "Encoder", Module("layers", "layer", body, kind="layer")), "in")
    counted = facts(Sequence((text, encoder)))
    assert (counted.total_parameters, counted.text_parameters) == (107, 100)
    assert (counted.active_parameters_without_input_embedding, counted.layers, counted.cache) == (100, 0, {})
    extra = facts(Sequence((text, Side(Module("m", "MTP module", body), "out", counted=False))))
    assert (extra.total_parameters, extra.auxiliary, extra.state) == (100, {"MTP module": 7}, 0)


def test_weight_memory() -> None:
    counted = facts(Leaf("x", "x", weights=(Weight("weight", (5,)),)))
    assert [counted.weight_memory(dtype) for dtype in ("fp32", "bf16", "fp8", "int4")] == [20, 10, 5, 3]


def _counts() -> list[dict[str, str]]:
    with (ROOT / "tests" / "data" / "counts.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


COUNTS = _counts()


def test_every_model_of_the_table_has_a_spec() -> None:
    assert COUNTS
    assert {row["model"] for row in COUNTS} <= {path.stem for path in (ROOT / "specs").glob("*.yaml")}


@pytest.mark.parametrize("row", COUNTS, ids=[row["model"] for row in COUNTS])
def test_counts_are_exact(row: dict[str, str]) -> None:
    spec = load_spec(ROOT / "specs" / f"{row['model']}.yaml")
    block = expand(spec)
    found = report(facts(block), spec.name, spec.context_length or 1)
    same = (
        "total_parameters",
        "active_parameters",
        "active_parameters_without_input_embedding",
        "text_parameters",
        "kv_cache_bytes_per_token",
    )
    assert {key: found[key] for key in same} == {key: int(row[key]) for key in same}
    parts = ("attention", "feed_forward", "experts", "shared_experts", "router", "norm", "encoder")
    assert {part: found["parts"].get(part, 0) for part in parts} == {part: int(row[part]) for part in parts}
    table = sum(w.count for leaf in leaves(block) if leaf.name == "embed_tokens" for w in leaf.weights)
    assert table == int(row["embedding"])
    assert found["parts"].get("head", 0) == (0 if row["tied"] == "yes" else int(row["head"]))


def test_the_report_is_json_and_adds_up() -> None:
    spec = load_spec(ROOT / "specs" / "qwen3-next-80b-a3b.yaml")
    found = report(facts(expand(spec)), spec.name, spec.context_length or 1)
    assert json.loads(json.dumps(found)) == found
    assert sum(found["parts"].values()) == found["total_parameters"]
    assert found["name"] == "Qwen3-Next 80B-A3B"
    assert found["layers"] == 48
    # 12 of 48 layers cache: 2 heads x 256 features for K and for V, in bf16.
    assert found["kv_cache_bytes"] == 12 * 2 * 2 * 256 * 2 * 262_144
    # 36 layers: 32 heads of 128 x 128, and the last 3 inputs of a convolution over 8,192 channels.
    assert found["recurrent_state_bytes"] == 36 * (32 * 128 * 128 * 4 + 3 * 8_192 * 2)
    assert list(found["auxiliary_parameters"]) == ["MTP module"]


def test_gemma_3_keeps_windows_in_its_cache() -> None:
    spec = load_spec(ROOT / "specs" / "gemma-3-27b.yaml")
    counted = facts(expand(spec))
    assert counted.kv_cache_bytes(128_000) == (52 * 1_024 + 10 * 128_000) * 2 * 16 * 128 * 2


@pytest.mark.parametrize("context", [0, -1])
def test_no_tokens_are_no_context(context: int) -> None:
    for counted in (Facts(), Facts(cache={Cache(4): 1})):
        for count in (counted.kv_cache_bytes, counted.flops_per_token, lambda n: report(counted, "x", n)):  # noqa: B023
            with pytest.raises(ArchdrawError) as raised:
                count(context)
            assert str(raised.value) == f"context must be at least 1, not {context}"


def test_a_value_has_a_bit_at_least() -> None:
    for count in (
        Facts().kv_cache_bytes_per_token,
        Facts().index_cache_bytes_per_token,
        Facts().recurrent_state_bytes,
        lambda bits: Facts().kv_cache_bytes(8, bits),
    ):
        with pytest.raises(ArchdrawError, match=r"^bits must be at least 1, not 0$"):
            count(0)


@pytest.mark.parametrize(
    ("dtype", "message"),
    [
        ("fp16", "unknown precision 'fp16' (choose from fp32, bf16, fp8, int4; bf16 takes as many bits)"),
        ("int8", "unknown precision 'int8' (choose from fp32, bf16, fp8, int4; fp8 takes as many bits)"),
        ("bf61", "unknown precision 'bf61'; did you mean bf16?"),
        ("half", "unknown precision 'half' (choose from fp32, bf16, fp8, int4)"),
    ],
)
def test_a_precision_that_is_not_known(dtype: str, message: str) -> None:
    with pytest.raises(ArchdrawError) as raised:
        Facts().weight_memory(dtype)  # type: ignore[arg-type]
    assert str(raised.value) == message


def test_facts_in_a_notebook() -> None:
    counted = facts(expand(load_spec(ROOT / "specs" / "mixtral-8x7b.yaml")))
    assert repr(counted) == (
        "<archdraw facts: 46,702,792,704 parameters, 12,879,925,248 active, 32 layers, "
        "KV cache 131,072 bytes per token (bf16)>"
    )
    page = counted._repr_html_()
    root = ElementTree.fromstring(page.replace("&emsp;", ""))
    found = {row[0].text: (row[1].text, row[2].text) for row in root.iter("tr")}
    assert found["total parameters"] == ("46,702,792,704", None)
    assert found["KV cache per token"] == ("131,072", "128 KiB, bf16")
    assert found["weights in bf16"][1] == "87 GiB"
    assert "&lt;b&gt;" in Facts(parts={"other": 1}, auxiliary={"<b>": 1})._repr_html_()


def test_facts_that_nobody_knows_are_said_to_be_so() -> None:
    unknown = Facts(unknown=True)
    assert repr(unknown) == "<archdraw facts: parameters and layers not disclosed>"
    assert unknown._repr_html_() == (
        "<table><caption>Parameters and layers not disclosed</caption><tbody></tbody></table>"
    )


def test_a_figure_has_one_name_everywhere() -> None:
    """In fact sheets, in tables of many models, and in comparisons."""
    name = text(KV_CACHE_PER_TOKEN())
    assert name in [row for row, _, _ in rows(report(Facts(parts={"experts": 1}), "", 8))]
    assert COLUMNS["kv_cache_bytes_per_token"].title == name_of("kv_cache_bytes_per_token") == f"{name} (bf16)"
    assert COLUMNS["recurrent_state_bytes"].title == name_of("recurrent_state_bytes")


ATTENTION = Leaf(
    "attention",
    "attention",
    weights=(Weight("weight", (4, 4)),),
    part="attention",
    cache=Cache(6),
    heads=Heads(2, 2, 3),
)


def test_a_token_leaves_and_meets_what_its_active_experts_do() -> None:
    layer = Module("layer", "layer", Sequence((ATTENTION,)), level="layer")
    found = facts(Experts(layer, 8, 2))
    assert found.layers == 1
    assert (found.total_parameters, found.active_parameters) == (8 * 16, 2 * 16)
    assert found.kv_cache_bytes_per_token() == 2 * 6 * 2
    assert found.flops_per_token(10) == 2 * 2 * (16 + 10 * 2 * (3 + 3))
    whole = facts(Experts(replace(ATTENTION, positions=5), 8, 2))
    assert whole.flops_per_input == 2 * 2 * 5 * (16 + 5 * 2 * (3 + 3))


def test_idle_experts_of_an_encoder_are_idle() -> None:
    encoder = Module("encoder", "encoder", Experts(ATTENTION, 8, 2), level="encoder")
    found = facts(Side(encoder, "in"))
    assert (found.total_parameters, found.active_parameters) == (128, 32)
    assert found.kv_cache_bytes_per_token() == 0
    assert found.flops_per_token(10) == 0


def test_what_a_share_of_tokens_reaches_is_counted_on_average() -> None:
    third = Leaf("a", "a", multiplications=5, passes=Fraction(1, 3))
    assert facts(third).flops_per_token(1) == 2 * 2  # 5 / 3, rounded
    kept = Leaf("a", "a", cache=Cache(1, Window(10)), passes=Fraction(1, 4))
    assert facts(kept).kv_cache_bytes(1_000) == 2 * 10  # ten tokens that pass, of forty


def test_positions_of_a_source_are_known_where_all_layers_say_them() -> None:
    said, silent = (Leaf("a", "a", cache=Cache(1, window, cross=True)) for window in (Window(7), None))
    assert facts(said).source_positions == 7
    assert facts(Sequence((said, silent))).source_positions is None

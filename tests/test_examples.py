"""The specs of the documents: each is counted right, drawn whole and without a fault, and spoken of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from archdraw.lint.faults import faults
from archdraw.model import Model, load
from archdraw.resources import themes_folder
from archdraw.scene import Scene
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_plate, undrawn

DOCS = Path(__file__).parent.parent / "docs"
EXAMPLES = sorted(path.stem for path in (DOCS / "examples").glob("*.yaml"))
THEMES = sorted(path.stem for path in themes_folder().glob("*.yaml"))


@cache
def model(name: str) -> Model:
    return load(DOCS / "examples" / f"{name}.yaml")


@cache
def scene(name: str, theme: str) -> Scene:
    return model(name).scene(theme=theme)


@pytest.mark.parametrize("name", EXAMPLES)
def test_drawn_whole_and_without_a_fault(name: str) -> None:
    assert not model(name).warnings
    assert not undrawn(model(name).block, paths_of_plate(picture(model(name).spec, model(name).block)))
    for theme in THEMES:
        assert not faults(scene(name, theme))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_lists_it(name: str) -> None:
    (row,) = (
        line for line in (DOCS / "examples.md").read_text("utf-8").splitlines() if f"(examples/{name}.yaml)" in line
    )
    assert row.endswith(". |")
    assert row.count("|") == 3


def test_the_page_lists_no_other() -> None:
    assert (DOCS / "examples.md").read_text("utf-8").count("(examples/") == len(EXAMPLES)


EMBEDDINGS = 2 * 100_288 * 3072
FEED_FORWARD = 3 * 3072 * 8192
QUERIES_AND_OUTPUT = 2 * 3072 * 3072
KEYS_AND_VALUES = 2 * 3072 * 1024
NORMS = 2 * 3072


def test_yoco_makes_keys_and_values_once() -> None:
    """A cross-decoder layer has queries and output of its own, and reads what is made between the halves."""
    self_decoder = QUERIES_AND_OUTPUT + KEYS_AND_VALUES + FEED_FORWARD + NORMS
    cross_decoder = QUERIES_AND_OUTPUT + FEED_FORWARD + NORMS
    shared = KEYS_AND_VALUES + 3072
    counted = model("yoco").facts
    assert counted.total_parameters == EMBEDDINGS + 13 * (self_decoder + cross_decoder) + shared + 3072
    cached = 2 * (13 * 1024 * 2048 + 1_048_576 * 2048)
    assert counted.kv_cache_bytes(1_048_576) == cached
    assert f"{cached / 2**30:.2f}" == "4.05"


def test_evoformer() -> None:
    """Supplementary information 1.6 of Jumper et al. 2021, block by block."""
    msa, pair = 256, 128

    def norm(width: int) -> int:
        return 2 * width

    def biased(inputs: int, outputs: int) -> int:
        return inputs * outputs + outputs

    def attention(width: int) -> int:
        return norm(width) + 3 * width * width + 2 * biased(width, width)

    def transition(width: int) -> int:
        return norm(width) + biased(width, 4 * width) + biased(4 * width, width)

    rows = attention(msa) + norm(pair) + pair * 8
    mean = norm(msa) + 2 * biased(msa, 32) + biased(32 * 32, pair)
    update = 2 * norm(pair) + 6 * biased(pair, pair)
    triangle = attention(pair) + pair * 4
    block = rows + attention(msa) + transition(msa) + mean + 2 * update + 2 * triangle + transition(pair)
    assert model("evoformer").facts.total_parameters == 48 * block == 87_837_696


def test_lora_trains_the_adapters() -> None:
    counted = model("lora").facts
    adapters = 32 * 2 * 2 * 16 * 4096
    assert counted.total_parameters - counted.frozen == adapters == 8_388_608
    assert counted.total_parameters == load("llama-2-7b").facts.total_parameters + adapters
    assert counted.kv_cache_bytes(4096) == load("llama-2-7b").facts.kv_cache_bytes(4096) == 2**31


def test_gnmt() -> None:
    """The weights of torch.nn.LSTM, additive attention with its normalization, one table and one head with a bias."""
    width, rows = 1024, 32_320

    def lstm(inputs: int) -> int:
        return 4 * width * (inputs + width) + 2 * 4 * width

    encoder = 2 * lstm(width) + lstm(2 * width) + 2 * lstm(width)
    attention = 2 * width * width + width + 1 + width
    decoder = lstm(width) + attention + 3 * lstm(2 * width)
    counted = model("gnmt").facts
    assert counted.total_parameters == encoder + decoder + rows * width + (width + 1) * rows == 160_671_297


def test_layers_of_several_lines_go_by_their_own_names() -> None:
    """The text's projections and the image's feed forward are not all that works on the tokens of an MMDiT block."""
    shown = picture(model("mmdit").spec, model("mmdit").block).strip
    assert shown is not None
    assert shown.caption == "24 layers = 23 MMDiT + 1 last MMDiT"
    assert [entry.label for entry in shown.legend] == ["MMDiT", "last MMDiT"]


def test_mmdit_ends_with_a_block_that_makes_no_text() -> None:
    """As in SD3: of the text the last block has queries, keys and values only, and two vectors instead of six."""
    width, blocks = 1536, 24

    def linear(inputs: int, outputs: int) -> int:
        return (inputs + 1) * outputs

    network = linear(width, 4 * width) + linear(4 * width, width)
    stream = linear(width, 6 * width) + linear(width, 3 * width) + linear(width, width) + network
    last_of_text = linear(width, 2 * width) + linear(width, 3 * width)
    ends = linear(4096, width) + linear(64, width) + linear(256, width) + linear(2048, width) + 2 * linear(width, width)
    final = linear(width, 2 * width) + linear(width, 64)
    counted = model("mmdit").facts
    assert counted.layers == blocks
    total = (2 * blocks - 1) * stream + last_of_text + ends + final
    assert counted.total_parameters == total == 2_028_328_000


def test_gnmt_says_which_one_it_is() -> None:
    """Google's model has eight layers in each half."""
    spec = model("gnmt").spec
    assert "MLPerf" in spec.name
    assert any("8 + 8 layers" in source for source in spec.sources)


def test_mixture_of_depths_counts_the_tokens_that_pass() -> None:
    whole = 2 * 2048 * 2
    counted = model("mixture-of-depths").facts
    assert counted.kv_cache_bytes_per_token() == 12 * whole + 12 * whole // 8

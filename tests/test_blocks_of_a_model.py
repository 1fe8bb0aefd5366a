"""Every different block of a model once: how many there are, what comes in and leaves, and the panels that open it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdraw import Model, load
from archdraw.app.jobs import Output
from archdraw.kinds.registry import kinds
from archdraw.site.about import memory, outline, published
from archdraw.site.blocks import LEAVES, VARIABLE, made
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.features import ends
from archdraw.tree.inventory import inventory
from archdraw.tree.published import in_words
from archdraw.tree.walks import walk
from archdraw.views.insets import has_inside
from archdraw.writers.svg import svg

# Layers that differ, latents, experts, states, towers, loops, convolutions, a block of an author's own.
MODELS = (
    "deepseek-v3", "qwen3-next-80b-a3b", "gemma-3-27b", "olmo-3-32b", "kimi-k3", "llama-3-2-11b-vision", "u-net",
    "gpt-2", "step-3-7-flash", "zaya1-8b",
)  # fmt: skip
PATH = re.compile(r'data-path="([^"]*)"')


@cache
def blocks(name: str) -> dict[str, Any]:
    text = made(load(name), Output(Path("x.js"), "js", "blocks")).data.decode()
    return dict(json.loads(text.removeprefix(f"var {VARIABLE} = ").removesuffix(";\n")))


def place(data: dict[str, Any], path: str) -> int | None:
    found = 0
    for name in path.split("/"):
        below = data["blocks"][found].get("inside", {})
        if name not in below:
            return None
        found = below[name]
    return found


@pytest.mark.parametrize("name", MODELS)
def test_all_weights_times_their_number_are_the_parameters(name: str) -> None:
    model = load(name)
    counted = sum(
        weight.count * one.number
        for one in inventory(model.block)
        if isinstance(one.block, Leaf)
        for weight in one.block.weights
    )
    assert counted == model.facts.total_parameters


@pytest.mark.parametrize("name", MODELS)
def test_every_path_leads_to_its_block(name: str) -> None:
    model = load(name)
    stock = inventory(model.block)
    data = blocks(name)
    for path, block in walk(model.block.body):
        if isinstance(block, Leaf | Module):
            found = place(data, path)
            assert found is not None, path
            assert stock[found].block == block, path
    assert len({one.block for one in stock}) == len(stock)


@pytest.mark.parametrize("name", ["deepseek-v3", "qwen3-next-80b-a3b", "gemma-3-27b", "gpt-2", "olmo-3-32b"])
def test_layers_hand_on_as_many_features_as_they_get(name: str) -> None:
    model = load(name)
    layers = [block for _, block in walk(model.block) if isinstance(block, Module) and block.level == "layer"]
    assert {ends(block)[:2] for block in layers} == {(model.spec.hidden_size,) * 2}


def test_features_are_those_of_the_matrices() -> None:
    model = load("deepseek-v3")
    said = {path: ends(model.at(path))[:2] for path in ("embed_tokens", "lm_head", "layers/layer/self_attn/q_b_proj")}
    assert said == {
        "embed_tokens": (None, 7168),
        "lm_head": (7168, 129280),
        "layers/layer/self_attn/q_b_proj": (1536, 128 * 192),
    }
    # A gate of one feature meets all others.
    assert ends(load("qwen3-next-80b-a3b").at("layers/layer/mlp"))[:2] == (2048, 2048)
    # Several lines leave at once: there is no single number.
    assert ends(model.at("layers/layer/self_attn/kv_a_proj_with_mqa"))[:2] == (7168, None)


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_is_in_a_picture_or_said_of_the_box_it_is_in(name: str) -> None:
    model, data = load(name), blocks(name)
    seen = {
        place(data, path)
        for text in (svg(model.scene(), "plain"), *data["panels"].values())
        for path in PATH.findall(text)
    }
    for index, one in enumerate(inventory(model.block)):
        block = one.block
        if isinstance(block, Module) and index and block.level != "stack" and has_inside(block):
            assert str(index) in data["panels"], one.path
        elif isinstance(block, Leaf) and block.weights and index not in seen:
            around = place(data, one.path.rpartition("/")[0])
            assert around in seen, one.path
            assert around is not None
            assert f"{block.name}.weight" in str(data["blocks"][around]["facts"]), one.path


def test_a_window_has_its_inside_and_the_keys_that_are_met() -> None:
    """The plate's panel of it shows the latter alone."""
    data = blocks("olmo-3-32b")
    panel = data["panels"][str(place(data, "layers/layer/self_attn"))]
    assert "self_attn/k_proj" in panel
    assert "key" in re.findall(r"<text[^>]*>([^<]*)<", panel)


def test_a_block_says_its_parameters_its_features_and_its_weights() -> None:
    data = blocks("deepseek-v3")
    at = place(data, "layers/layer/self_attn/q_a_proj")
    assert at is not None
    total = load("deepseek-v3").facts.total_parameters
    assert dict(data["blocks"][at]["facts"]) == {
        "Parameters": f"{1536 * 7168:,} in each of 61, {1536 * 7168 * 61 / total:.2%} of the total",
        "Features": "7,168 → 1,536",
        "Weights": "q_a_proj.weight 1,536 × 7,168",
    }
    attention = place(data, "layers/layer/self_attn")
    assert attention is not None
    assert "arXiv:2405.04434" in data["kinds"][data["blocks"][attention]["kind"]][1]


def test_norms_and_tables_have_the_source_of_their_formula_too() -> None:
    assert not {*LEAVES} - kinds().keys()
    data = blocks("deepseek-v3")
    norm = place(data, "layers/layer/input_layernorm")
    assert norm is not None
    assert "1910.07467" in data["kinds"][data["blocks"][norm]["kind"]][1]
    # A share that would be written as none is said to be small.
    final = place(data, "norm")
    assert final is not None
    assert dict(data["blocks"][final]["facts"])["Parameters"] == "7,168, less than 0.01% of the total"


def test_ids_of_all_panels_differ() -> None:
    data = blocks("qwen3-next-80b-a3b")
    ids = [one for panel in data["panels"].values() for one in re.findall(r'\bid="([^"]*)"', panel)]
    assert ids
    assert len(ids) == len(set(ids))


def test_the_outline_has_every_block_that_opens_once() -> None:
    data = blocks("deepseek-v3")
    rows = list(outline(load("deepseek-v3")))
    assert sorted(str(place(data, one["path"])) for one in rows) == sorted(data["panels"])
    by_path = {one["path"]: one for one in rows}
    assert by_path["layers/layer/mlp/experts"]["number"] == 256 * 58
    assert by_path["mtp/layer"]["number"] == 0


@pytest.mark.parametrize(
    ("figure", "words"), [(671 * 10**9, "671B"), (8_030_000_000, "8.03B"), (671_026_419_200, "671,026,419,200")]
)
def test_published_figures_have_the_digits_that_they_have(figure: int, words: str) -> None:
    assert in_words(figure) == words


def test_a_published_figure_says_whether_the_count_agrees() -> None:
    text = (
        "name: Tiny\nhidden_size: 8\nvocab_size: 10\nlayers: [embedding, rmsnorm, output_head]\n"
        "published: {total_parameters: %s, source: a paper%s}\n"
    )
    agrees, differs = (
        list(published(Model.from_text(text % one))) for one in (("168", ""), ("4e9", ", differs: it is another"))
    )
    assert (agrees[0]["figure"], agrees[0]["agrees"], agrees[0]["differs"]) == ("168", True, None)
    assert (differs[0]["figure"], differs[0]["agrees"], differs[0]["differs"]) == ("4B", False, "it is another")


def test_of_what_is_not_disclosed_there_is_no_memory_and_no_outline() -> None:
    closed = load("step-5-preview")
    assert closed.facts.unknown
    assert memory(closed) is None
    assert list(outline(closed)) == []
    assert all(
        "facts" not in one or "Parameters" not in dict(one["facts"]) for one in blocks("step-5-preview")["blocks"]
    )

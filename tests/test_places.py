"""Every block knows the line that made it, and every line its blocks."""

from __future__ import annotations

import pytest

from archdraw.resources import specs_folder
from archdraw.source import BREAK
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.spec.places import Places, expanded
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.walks import walk

SMALL = """name: Small
hidden_size: 8
vocab_size: 16
define:
  gated:
    parameters: {size: {description: Features inside.}}
    block: {swiglu: {intermediate_size: $size}}
  plain:
    decoder:
      attention: {multi_head: {num_attention_heads: 2}}
      feed_forward: {gated: {size: 16}}
layers:
  - embedding
  - plain
  - decoder:
      norm: layernorm
      attention:
        multi_head:
          num_attention_heads: 2
      feed_forward: {gelu: {intermediate_size: 32}}
  - decoder: {norm: layernorm, attention: {multi_head: {num_attention_heads: 2}}, feed_forward: {gelu: {intermediate_size: 32}}}
  - {like: plain, norm: layernorm}
  - rmsnorm
  - output_head
"""  # noqa: E501


def places_of(text: str) -> Places:
    return expanded(parse_spec(text))[1]()


def at(places: Places, path: str) -> str:
    """The text from the place of the block at ``path`` on."""
    span = places.span(path)
    assert span is not None, path
    return BREAK.split(SMALL)[span.line - 1][span.column - 1 :].split(":")[0]


@pytest.mark.parametrize(
    ("path", "line", "written"),
    [
        ("embed_tokens", 13, "embedding"),
        ("layers/layer.swiglu", 9, "decoder"),
        # Of a template: where it was used.
        ("layers/layer.swiglu/mlp", 11, "gated"),
        ("layers/layer.swiglu/mlp/gate_proj", 11, "gated"),
        ("layers/layer", 15, "decoder"),
        # A norm that the layer has named is still the one that was written.
        ("layers/layer/input_layernorm", 16, "layernorm"),
        ("layers/layer/self_attn", 18, "multi_head"),
        ("layers/layer/self_attn/q_proj", 18, "multi_head"),
        ("layers/layer/mlp/up_proj", 20, "gelu"),
        # What a default made: the block that has it.
        ("layers/layer.swiglu/input_layernorm", 9, "decoder"),
        # Not in the tree: what is around it.
        ("layers/layer/mlp/nothing", 20, "gelu"),
        ("layers/stack", 12, "layers"),
        ("norm", 23, "rmsnorm"),
    ],
)
def test_a_block_leads_to_the_text_that_made_it(path: str, line: int, written: str) -> None:
    places = places_of(SMALL)
    span = places.span(path)
    assert span is not None
    assert (span.line, at(places, path)) == (line, written)


@pytest.mark.parametrize(
    ("line", "column", "paths"),
    [
        (1, 0, ()),
        (13, 0, ("embed_tokens",)),
        (18, 0, ("layers/layer/self_attn",)),
        (19, 0, ("layers/layer/self_attn",)),
        (17, 0, ("layers/layer",)),
        (9, 0, ("layers/layer.swiglu",)),
        # A layer that is written like another one is not expanded, and is the same block.
        (21, 0, ("layers/layer",)),
        # In the column of an expression it is that one.
        (21, 50, ("layers/layer/self_attn",)),
        (24, 0, ("lm_head",)),
    ],
)
def test_a_line_leads_to_its_blocks(line: int, column: int, paths: tuple[str, ...]) -> None:
    found = places_of(SMALL).paths(line, column)
    assert found[: len(paths)] == paths
    assert bool(found) == bool(paths)


def test_blocks_outside_of_the_tree_have_no_place() -> None:
    assert places_of(SMALL).span("tokens") is None


MODELS = ("llama-3-8b", "kimi-k3", "medusa-vicuna-7b", "deepseek-v4-1-flash", "clip-vit-b-32", "inkling-2-mini")
"""Named and shared definitions, a frozen model, columns, towers, stacks apart."""


@pytest.mark.parametrize("name", MODELS)
def test_every_block_of_a_model_has_a_place(name: str) -> None:
    block, found = expanded(load_spec(specs_folder() / f"{name}.yaml"))
    blocks = [path for path, one in walk(block.body) if isinstance(one, Leaf | Module)]
    places = found()
    assert [path for path in blocks if path not in places.spans] == []
    assert {path for one in places.written for path in one.paths} <= set(blocks)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("layers/layer/self_attn/o_proj", "kimi_delta_attention:"),
        ("layers/layer.attention/self_attn", "multi_head_latent:"),
        # Experts of definitions that several layers share: not those of the first of these layers.
        ("layers/layer.attention/mlp/experts", "mixture_of_experts:"),
        ("layers/layer.attention.2/mlp/experts/gate_proj", "mixture_of_experts:"),
        ("layers/layer.dense/mlp", "situ_glu: {intermediate_size: 33792"),
        ("vision_tower/layers/attn", "moonvit:"),
    ],
)
def test_blocks_of_shared_definitions(path: str, written: str) -> None:
    spec = load_spec(specs_folder() / "kimi-k3.yaml")
    span = expanded(spec)[1]().span(path)
    assert span is not None
    assert spec.document.lines[span.line - 1][span.column - 1 :].startswith(written)


def test_recording_changes_nothing() -> None:
    spec = load_spec(specs_folder() / "kimi-k3.yaml")
    assert expanded(spec)[0] == expand(spec)

"""What a sequence keeps: the memory panel, caches of cross-attention, and models without a cache."""

from __future__ import annotations

import json

import pytest

from archdraw.model import Model
from archdraw.picture import Share, Split, Words
from archdraw.resources import specs_folder
from archdraw.tree.counts import report
from archdraw.tree.fitting import longest_context
from archdraw.tree.sheet import rows
from archdraw.views.architecture import picture
from shipped import model as shipped

DIFFERENT_HEADS = """
name: KV heads differ
hidden_size: 512
vocab_size: 1000
context_length: 1024
define:
  wide:
    decoder:
      attention: {grouped_query: {num_attention_heads: 8, num_key_value_heads: 4, position: rope}}
      feed_forward: {gelu: {intermediate_size: 64}}
  narrow: {like: wide, attention: {grouped_query: {num_key_value_heads: 1}}}
layers:
  - embedding
  - {like: wide, times: 2}
  - {like: narrow, times: 2}
  - output_head
"""


def memory(model: Model) -> tuple[list[str], list[object]]:
    """The words of the memory panel, and its bars."""
    insets = picture(model.spec, model.block).insets
    items = [
        item
        for inset in insets
        if any(isinstance(item, Share | Split) and "KV" in str(item) for item in inset.items)
        for item in inset.items
    ]
    return [item.text for item in items if isinstance(item, Words)], [x for x in items if isinstance(x, Share | Split)]


def test_layers_that_all_have_full_attention_save_nothing_by_having_fewer_heads() -> None:
    words, bars = memory(Model.from_text(DIFFERENT_HEADS))
    assert [type(bar) for bar in bars] == [Split]
    assert words == ["KV cache 2.5 KiB per token in 4 layers"]


def test_windows_save_what_the_layers_with_windows_would_keep() -> None:
    windowed = DIFFERENT_HEADS.replace("num_key_value_heads: 1}", "num_key_value_heads: 1, sliding_window: 64}")
    words, (bar,) = memory(Model.from_text(windowed))
    assert isinstance(bar, Share)
    # Two entries of 64 features in bf16: 4 heads in two layers, 1 head in two layers of 64 tokens at most.
    assert bar.part == 2 * (2 * 2 * 64) * (4 * 1024 + 1 * 64)
    assert bar.whole == 2 * (2 * 2 * 64) * (4 + 1) * 1024
    assert words[0] == "2.5 MiB with full attention in every layer"


def test_layers_that_read_the_latent_of_another_would_keep_one_of_their_own() -> None:
    """Mistral Large 4: 54 layers with a latent of 512 and a key of 64, 18 with the latent alone, 9 of them shared."""
    counted = shipped("mistral-large-4").facts
    words, (bar,) = memory(shipped("mistral-large-4"))
    assert isinstance(bar, Share)
    keys = counted.index_cache_bytes_per_token() * 1_048_576
    assert bar.whole == (54 * (512 + 64) + 18 * 512) * 2 * 1_048_576 + keys
    assert bar.part == bar.whole - 9 * 512 * 2 * 1_048_576
    assert "96.8 GiB with its own K and V in every layer" in words


def test_cross_attention_keeps_the_encoder_output_once() -> None:
    """Whisper: 32 layers, 2 × 20 × 64 values in bf16 for each of 1,500 positions."""
    counted = shipped("whisper-large-v3").facts
    assert counted.source_positions == 1500
    assert counted.cross_cache_bytes(1) == 32 * 2 * 20 * 64 * 2
    assert counted.cross_cache_bytes(1500) == 245_760_000
    assert counted.kv_cache_bytes(448) == 73_400_320
    words, (bar,) = memory(shipped("whisper-large-v3"))
    assert isinstance(bar, Split)
    assert [segment.label for segment in bar.segments] == [
        "weights 2.87 GiB",
        "KV cache 70 MiB",
        "cross-attention cache 234 MiB",
    ]
    assert words[1] == "cross-attention: 160 KiB for each of 1,500 encoder positions"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("t5-11b", "cross-attention: 1.5 MiB for each of 512 encoder positions, as many as the context"),
        ("switch-base-128", "cross-attention: 36 KiB for each of 512 encoder positions, as many as the context"),
    ],
)
def test_an_encoder_of_any_length_is_taken_to_be_as_long_as_the_context(name: str, line: str) -> None:
    counted = shipped(name).facts
    assert counted.source_positions is None
    words, (bar,) = memory(shipped(name))
    assert words[1] == line
    assert isinstance(bar, Split)
    assert [part.value for part in bar.segments[1:]] == [counted.kv_cache_bytes(512), counted.cross_cache_bytes(512)]


LOOPED = """
name: Loops
hidden_size: 512
vocab_size: 1000
context_length: 1024
define:
  plain:
    decoder:
      attention: {multi_head: {num_attention_heads: 8}}
      feed_forward: {gelu: {intermediate_size: 64}}
layers:
  - embedding
  - {like: plain, times: 2}
  - loop: {num_loops: 3, body: [{like: plain, times: 4}]}
  - output_head
"""


def test_a_loop_keeps_the_keys_and_values_of_each_time() -> None:
    assert memory(shipped("ouro-thinking-2-6b"))[0] == ["KV cache 1.5 MiB per token in 48 layers × 4 loops"]
    model = Model.from_text(LOOPED)
    words, (bar,) = memory(model)
    assert words == ["KV cache 28 KiB per token in 6 layers, 4 of them × 3 loops"]
    assert isinstance(bar, Split)
    assert model.facts.kv_cache_bytes_per_token() == 14 * 2 * 512 * 2


def test_a_loop_of_layers_with_windows_saves_what_each_time_would_keep() -> None:
    model = Model.from_text(LOOPED.replace("num_attention_heads: 8}", "num_attention_heads: 8, sliding_window: 64}"))
    _, (bar,) = memory(model)
    assert isinstance(bar, Share)
    assert bar.whole == 14 * 2 * 512 * 2 * 1024


def test_what_writes_no_tokens_keeps_none() -> None:
    """The text encoder of CLIP is causal and leaves one vector; an output layer of the author's own is one, too."""
    spec = (specs_folder() / "clip-vit-b-32.yaml").read_text(encoding="utf-8")
    caching = Model.from_text(spec.replace(", use_cache: false", ""))
    assert caching.facts.cache
    assert not shipped("clip-vit-b-32").facts.cache
    for model in (caching, shipped("clip-vit-b-32")):
        assert memory(model) == ([], [])
    # Positions that are computed bound no context, so that no memory can be stated.
    assert memory(shipped("transformer-2017")) == ([], [])
    assert memory(Model.from_text(DIFFERENT_HEADS))[1]
    own = DIFFERENT_HEADS.replace("- output_head", "- linear: {features: FEATURES, label: Scores}")
    assert memory(Model.from_text(own.replace("FEATURES", "1000")))[1]
    assert not memory(Model.from_text(own.replace("FEATURES", "10")))[1]


@pytest.mark.parametrize(("name", "size"), [("glm-5-2", "5.25 GiB"), ("minimax-m3-428b", "14.3 GiB")])
def test_keys_of_indexers_have_their_part_of_the_bar(name: str, size: str) -> None:
    model = shipped(name)
    _, (bar,) = memory(model)
    assert isinstance(bar, Split)
    cache, keys = bar.segments[1:]
    assert keys.label == f"indexer keys {size}"
    context = model.spec.context_length or 0
    assert keys.value == model.facts.index_cache_bytes_per_token() * context
    assert cache.value == model.facts.kv_cache_bytes(context)


def test_a_bar_of_a_share_has_the_keys_of_indexers_in_it() -> None:
    model = shipped("deepseek-v4-pro")
    words, (bar,) = memory(model)
    assert isinstance(bar, Share)
    assert (bar.left, bar.right) == ("KV cache + indexer keys", "9.62 GiB of 61 GiB")
    assert bar.part == model.facts.kv_cache_bytes(1_048_576) + model.facts.index_cache_bytes_per_token() * 1_048_576
    assert words[:2] == ["KV cache 7.74 GiB + indexer keys 1.88 GiB", "61 GiB with full attention in every layer"]


def test_a_bar_says_what_its_whole_is() -> None:
    """A share of what full attention would keep, or parts of all that is in memory."""
    for name, said in (
        ("olmo-2-7b", "Memory in bf16 at 4,096 tokens: weights + KV cache"),
        ("qwen3-next-80b-a3b", "Memory in bf16 at 262,144 tokens"),
    ):
        found = shipped(name)
        (panel,) = (one for one in picture(found.spec, found.block).insets if one.title.startswith("Memory"))
        assert panel.title == said
        if isinstance(bar := panel.items[0], Share):
            assert bar.right == "6 GiB of 24 GiB"


@pytest.mark.parametrize("name", ["xlstm-7b", "rwkv-4-169m", "mamba-2-8b"])
def test_a_model_without_a_cache_says_the_whole_of_its_state(name: str) -> None:
    found = shipped(name)
    (panel,) = (one for one in picture(found.spec, found.block).insets if one.title.startswith("Memory"))
    (bar,) = panel.items
    assert isinstance(bar, Split)
    assert bar.segments[1].value == found.facts.recurrent_state_bytes()
    assert bar.segments[1].label.startswith("recurrent state ")
    assert panel.title.endswith(" at any context")


def test_layers_with_cross_attention_alone_would_have_no_cache_of_their_own() -> None:
    words, bars = memory(shipped("llama-3-2-11b-vision"))
    assert [type(bar) for bar in bars] == [Split]
    assert not any("full attention" in line for line in words)


def test_keys_and_values_of_an_encoder_are_not_computed_for_each_token() -> None:
    model = """
name: Reader
hidden_size: 64
vocab_size: 100
layers:
  - layer:
      - cross_attention: {num_attention_heads: 4, encoder_hidden_size: 32, max_source_positions: 10}
  - output_head
"""
    counted = Model.from_text(model).facts
    queries, outputs, met = 64 * 64, 64 * 64, 10 * 4 * (16 + 16)
    assert counted.flops_per_token(1) == counted.flops_per_token(500) == 2 * (queries + outputs + met + 64 * 100)


def test_two_attentions_in_a_layer_are_said() -> None:
    words, _ = memory(shipped("longcat-flash-560b"))
    assert words[0] == "KV cache 63 KiB per token in 28 layers with 2 attention blocks each"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("qwen3-next-80b-a3b", "recurrent state"),
        ("lfm2-5-1-2b", "convolution state"),
        ("deepseek-v4-flash", "buffers of"),
    ],
)
def test_what_does_not_grow_is_called_what_it_is(name: str, line: str) -> None:
    words, _ = memory(shipped(name))
    assert any(text.startswith(line) for text in words)


def test_bidirectional_attention_has_no_cache_and_says_why() -> None:
    model = shipped("llada-8b")
    assert not model.facts.cache
    assert model.facts.has_no_cache
    assert repr(model.facts).endswith("no KV cache: attention is bidirectional>")
    sheet = list(rows(report(model.facts, "", 4096)))
    assert ("KV cache", "none", "attention is bidirectional") in sheet
    assert not any("0 bytes" in remark for _, _, remark in sheet)
    assert json.loads(json.dumps(report(model.facts, "", 4096)))["bidirectional"] is True
    assert not memory(model)[1]


def test_what_fits_has_room_for_the_encoder_output() -> None:
    counted = shipped("whisper-large-v3").facts
    room = counted.cross_cache_bytes(1500) + counted.kv_cache_bytes(10)
    assert longest_context(counted, room) == 10
    assert longest_context(counted, room - counted.kv_cache_bytes(10)) == 0


def test_an_encoder_beside_a_decoder_is_no_reason_to_have_no_cache() -> None:
    for name in ("t5-11b", "whisper-large-v3", "llava-1-5-7b"):
        assert not shipped(name).facts.bidirectional, name


def test_tokens_that_pass_a_layer_by_are_what_is_saved() -> None:
    attention = "multi_head: {num_attention_heads: 4}"
    layer = f"layer: {{label: Routed, passes: 0.125, body: [residual: [rmsnorm, {{{attention}}}]]}}"
    whole = f"decoder: {{attention: {{{attention}}}, feed_forward: {{gelu: {{intermediate_size: 64}}}}}}"
    made = Model.from_text(
        "name: N\nhidden_size: 64\nvocab_size: 100\ncontext_length: 64\nlayers:\n  - embedding\n"
        f"  - stack: {{num_hidden_layers: 8, pattern: [{whole}, {layer}]}}\n  - output_head\n"
    )
    said, _ = memory(made)
    assert "128 KiB with all tokens in every layer" in said


def test_a_state_beside_attention_is_recurrent() -> None:
    said, _ = memory(shipped("hymba-1-5b"))
    assert "recurrent state 3.71 MiB, independent of context" in said


@pytest.mark.parametrize(
    ("name", "line"),
    [
        # 36 layers × 2 × 8 heads × 64 features × 2 bytes, of them 18 with a window of 128 tokens.
        ("gpt-oss-120b", "KV cache per token: 72 KiB within the windows, 36 KiB beyond them"),
        # All 32 layers have a window of 4,096 tokens.
        ("mistral-7b", "KV cache 128 KiB per token within the windows, none beyond them"),
    ],
)
def test_what_a_token_adds_is_said_within_windows_and_beyond_them(name: str, line: str) -> None:
    found = shipped(name)
    items = [item for inset in picture(found.spec, found.block).insets for item in inset.items]
    assert any(line in item.text for item in items if isinstance(item, Words))

"""What stands for what in comparisons: by what embeddings, towers and modules read and are for, not by their places."""

from __future__ import annotations

from functools import cache

import pytest

import archdraw
from archdraw.analysis.difference import Difference, difference
from archdraw.analysis.difference.rows import subject_of
from archdraw.glossary import text
from archdraw.tree.blocks import Module
from archdraw.tree.walks import walk


@cache
def differs(first: str, second: str) -> Difference:
    return difference(archdraw.load(first).block, archdraw.load(second).block)


def rows(first: str, second: str) -> dict[tuple[str, str], tuple[object, object, str]]:
    """Both values and the sign of each change, by what changed and of what."""
    found = differs(first, second).changes
    return {(one.what, subject_of(one)): (one.before, one.after, one.sign) for one in found}


def wiring(first: str, second: str, subject: str = "") -> tuple[str, str]:
    """How the model, or its layers, are joined on both sides."""
    one = next(
        one for one in differs(first, second).changes if one.what == "wiring" and one.sort == (subject or "model")
    )
    return str(one.before), str(one.after)


def test_the_text_tower_stands_for_a_decoder_and_a_class_token_for_no_table() -> None:
    found = rows("clip-vit-b-32", "llama-2-7b")
    assert found["block", "Class token"] == ("Class token", None, "removed")
    assert not [key for key in found if key[0] == "block" and "oken embedding" in key[1]], "both have a table"
    assert ("is_causal", "") not in found, "the text tower is causal, too"
    assert found["num_attention_heads", ""] == (8, 32, "changed"), "those of the text tower"
    paths = next(one.paths for one in differs("clip-vit-b-32", "llama-2-7b").changes if one.what == "order")
    assert paths == (("layers.2",), ("layers",))


def test_an_image_tower_stands_for_one() -> None:
    found = rows("clip-vit-b-32", "vit-b-16")
    assert found["kernel_size", ""] == (32, 16, "changed"), "of the patches"
    assert ("is_causal", "") not in found
    assert found["block", "Cosine similarity"][2] == "removed", "it stands for no box that reads one line"
    assert ("hidden_size", "") not in found, "one of them does not say it: it has one nevertheless"


@pytest.mark.parametrize("other", ["gpt-2", "clip-vit-b-32", "bart-large"])
def test_an_embedding_of_segments_is_none_of_positions(other: str) -> None:
    found = rows("bert-base", other)
    assert found["block", "segment embedding"][2] == "removed"
    assert ("block", "position embedding") not in found, "both have one"


def test_tokens_that_one_spec_names_are_in_both() -> None:
    assert not [key for key in rows("clip-vit-b-32", "gpt-2") if "okenized" in key[1]]
    (change,) = (one for one in differs("llada-8b", "llama-3-8b").changes if one.sort == "input")
    assert (change.sign, change.before, change.after) == ("changed", "Text with masked tokens", "Tokenized text")


def test_vision_encoders_stand_for_each_other_whatever_they_are_called() -> None:
    found = rows("kimi-k2-5", "gemma-4-e2b")
    assert found["block", "MoonViT"][2] == "changed"
    assert found["block", "audio encoder"][2] == found["block", "per-layer embeddings"][2] == "added"
    assert ("block", "vision encoder") not in found


def test_per_layer_embeddings_stand_for_no_module_that_predicts_tokens() -> None:
    found = rows("gemma-4-e2b", "deepseek-v3")
    assert found["block", "per-layer embeddings"][2] == "removed"
    assert found["block", "MTP module"][2] == "added"


def test_a_module_beside_the_line_is_one_row_and_says_how_it_is_joined_where_that_differs() -> None:
    found = rows("deepseek-v3", "deepseek-v4-1-flash")
    before, after, sign = found["block", "MTP module"]
    assert sign == "changed"
    assert str(before).endswith("reads the line")
    assert str(after).endswith("reads the inside of layers")
    assert ("block", "MTP module (2)") not in found


def test_a_norm_that_two_branches_read_is_one() -> None:
    found = rows("longcat-flash-560b", "deepseek-v3")
    assert found["occurrences", "norms in layers"] == ("4 per layer", "2 per layer", "changed")


def test_wiring_has_every_box_of_both_models() -> None:
    latent, dense = "x + multi-head latent attention", "x + SwiGLU FFN"
    assert wiring("longcat-flash-560b", "deepseek-v3", "layer") == (
        f"{latent}; (mixture of experts + ({dense}; {latent}; {dense}))",
        f"{latent}; x + mixture of experts",
    )
    before, after = wiring("clip-vit-b-32", "bert-base")
    for box in ("Class token", "image projection", "token embedding", "Select end token", "Cosine similarity"):
        assert box in before
    assert after.startswith("(token embedding + position embedding + segment embedding) → ")


def test_modules_beside_the_line_are_no_part_of_it() -> None:
    before, after = wiring("deepseek-v3", "deepseek-v4-1-flash")
    assert before == "token embedding → layers, read by MTP module → LM head"
    assert "token embedding, joined by vision encoder → expand to 4 streams" in after
    assert "beside it DSpark → LM head" in after
    assert ", beside it encoder → layers" in wiring("whisper-large-v3", "bart-large")[1]


def test_wiring_names_blocks_that_one_model_alone_has() -> None:
    """Cross-attention stands for nothing in a decoder; how its layer is joined is said with it."""
    before, after = wiring("switch-base-128", "longcat-flash-560b", "layer")
    assert before.count("; ") == 2
    assert "x + (RMSNorm → cross-attention)" in before
    assert after.count("multi-head latent attention") == 2
    assert "cross-attention" not in after


def test_layers_without_a_value_are_counted() -> None:
    """Three of the 61 layers of DeepSeek V4-Pro route by hashes, three quarters of those of SmolLM3 have RoPE."""
    changes = {one.what: one for one in differs("deepseek-v3", "deepseek-v4-pro").changes}
    assert (changes["hash_routing"].after, changes["hash_routing"].layers) == (True, (None, (3, 61)))
    assert changes["hash_routing"].sign == "added"
    assert changes["hash_routing"].turned().layers == ((3, 61), None)
    (position,) = (one for one in differs("smollm3-3b", "llama-3-8b").changes if one.what == "position")
    assert (position.before, position.after, position.sign) == ("rope", "rope", "changed")
    assert position.layers == ((27, 36), None)


def test_a_setting_of_some_blocks_of_a_sort_says_which() -> None:
    """K = V in the global layers of Gemma 4 31B alone, whose windows have both."""
    assert rows("gemma-4-31b", "gemma-4-e2b")["attention_k_eq_v", "global attention"][2] == "removed"


def test_what_one_kind_of_attention_always_has_is_compared_with_the_settings_of_another() -> None:
    found = rows("inkling-2-small", "gemma-4-31b")
    assert found["position", ""] == ("relative_bias", "rope", "changed")
    assert [found[what, ""][2] for what in ("output_gate", "sinks", "qk_l2_clip_threshold")] == ["removed"] * 3
    assert found["attention_k_eq_v", "global attention"] == (None, True, "added")
    found = rows("inkling", "llama-2-7b")
    assert found["attention_scale", ""] == ("1/128", "1/√d", "changed")
    found = rows("motif-3-beta", "bert-base")
    assert found["is_causal", ""] == (True, False, "removed")
    assert found["attention_bias", ""] == (None, True, "added")


def test_a_bias_that_is_left_out_is_as_the_others() -> None:
    found = rows("whisper-large-v3", "bart-large")
    assert found["attention_key_bias", ""] == (False, True, "added")
    assert "attention_out_bias" not in {what for what, _ in found}
    named = {what for what, _ in rows("bart-large", "llama-2-7b")}
    assert "attention_bias" in named
    assert not {"attention_key_bias", "attention_out_bias", "mlp_down_bias"} & named, "said by the bias of all"


@pytest.mark.parametrize(("first", "second"), [("gpt-1", "gpt-j-6b"), ("bert-base", "llama-2-7b")])
def test_learned_positions_are_positions(first: str, second: str) -> None:
    assert rows(first, second)["position", ""] == ("position embedding at the input", "rope", "changed")
    assert ("position", "") not in rows("gpt-1", "gpt-2")


def test_what_is_multiplied_is_one_fact_however_it_is_written() -> None:
    """√d by name in Gemma, as a number in Grok; 1/√d as a width in Gemma 2B."""
    found = {what for what, _ in rows("gemma-4-31b", "grok-1-314b")}
    assert not {"embedding_multiplier", "scale_embedding"} & found
    assert "Token embedding" not in str(rows("gemma-4-31b", "grok-1-314b").values())
    assert rows("granite-4-1-30b", "gemma-3-27b")["embedding_multiplier", "token embedding"] == (12.0, "√d", "changed")
    assert "attention_scale" not in {what for what, _ in rows("gemma-2b", "llama-2-7b")}


def test_heads_of_an_encoder_are_as_wide_as_they_must_be() -> None:
    found = rows("inkling-2-small", "gemma-4-31b")
    assert found["head_dim", "vision encoder"] == (64, 72, "changed")


def test_the_order_of_layers_names_no_setting_that_follows_from_their_place() -> None:
    (order,) = (one for one in differs("inkling-2-small", "gemma-4-31b").changes if one.what == "order")
    assert order.before == "(5 SWA + 1 global attention) × 8"


def test_nodes_of_a_graph_are_called_by_their_boxes() -> None:
    before, after = wiring("dit-xl-2", "ornith-1-5-35b-a3b", "layer")
    assert "Scale and shift → multi-head attention" in before
    assert "_" not in before
    assert after == "x + gated attention; x + mixture of experts"
    assert ("block", "+") not in rows("dit-xl-2", "ornith-1-5-35b-a3b"), "sums are no blocks that others lack"


def test_what_a_mixer_and_a_feed_forward_block_both_have_says_whose_it_is() -> None:
    assert rows("mamba-2-8b", "jamba-v0-1")["intermediate_size", "linear mixer"] == (5120, 8192, "changed")


def test_heads_are_read_off_a_block_that_has_no_settings_for_them() -> None:
    found = rows("hymba-1-5b", "zaya1-8b")
    assert found["num_key_value_heads", ""] == (5, 2, "changed")
    assert found["num_attention_heads", ""] == (25, 8, "changed")


def test_what_a_spec_does_not_say_of_a_model_is_not_added() -> None:
    assert ("context_length", "") not in rows("mamba-2-8b", "jamba-v0-1")
    found = rows("conformer-l", "llama-3-8b")
    assert ("vocab_size", "") not in found
    assert not {"features", "role", "projected"} & {what for what, _ in found}, "an author's table, and an embedding"
    assert wiring("conformer-l", "llama-3-8b", "layer")[1] == "x + grouped-query attention; x + SwiGLU FFN"


def test_a_setting_is_at_the_layers_that_have_it() -> None:
    """The indexers of DeepSeek V4-Pro are in compressed sparse attention, that of layers of two kinds of experts."""
    (indexer,) = (one for one in differs("deepseek-v3", "deepseek-v4-pro").changes if one.what == "index_n_heads")
    every = walk(archdraw.load("deepseek-v4-pro").block.body)
    found = [text(block.label) for path, block in every if path in indexer.paths[1] and isinstance(block, Module)]
    assert found == ["Compressed sparse attention"] * 2


def test_a_setting_that_another_implies_is_not_said_for_other_blocks_either() -> None:
    """Attention that is not causal has no cache: that is said of cross-attention alone, whose keys come at once."""
    assert rows("detr-r50", "transformer-2017")["use_cache", "cross-attention"] == (False, True, "added")
    assert ("use_cache", "") not in rows("detr-r50", "transformer-2017")

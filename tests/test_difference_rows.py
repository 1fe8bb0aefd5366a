"""Rows of comparisons, checked by hand against both specs: what is right, what is missing, what is said twice."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import archdraw
from archdraw.analysis.difference import difference
from archdraw.analysis.difference.rows import subject_of
from archdraw.spec import expand, parse_spec

Row = tuple[str, Any, Any]


@cache
def rows(first: str, second: str) -> dict[tuple[str, str], Row]:
    """Sign and both values of each change, by what changed and of what."""
    found = difference(archdraw.load(first).block, archdraw.load(second).block)
    return {(one.what, subject_of(one)): (one.sign, one.before, one.after) for one in found.changes}


def named(first: str, second: str, what: str) -> dict[str, Row]:
    """The changes of ``what`` by their subjects."""
    return {subject: row for (name, subject), row in rows(first, second).items() if name == what}


def test_layers_that_share_a_table_are_one_kind_and_encoders_are_compared_by_layers() -> None:
    assert named("t5-11b", "bart-large", "order") == {
        "": ("changed", "24 (MHA, cross-attention, ReLU)", "12 (MHA, cross-attention, GELU)"),
        "encoder": ("changed", "24 (MHA, ReLU)", "12 (MHA, GELU)"),
    }
    found = rows("t5-11b", "bart-large")
    assert found["num_attention_heads", ""] == ("changed", 128, 16)
    assert found["block", "RMSNorm after layers"] == ("removed", "RMSNorm", None)
    for what in ("wiring", "occurrences", "num_key_value_heads", "v_head_dim"):
        assert not named("t5-11b", "bart-large", what), what


def test_encoders_that_cross_attention_reads_stand_for_each_other() -> None:
    found = rows("whisper-large-v3", "transformer-2017")
    assert found["block", "audio encoder"] == (
        "changed",
        "Audio encoder, 32 layers, 637M",
        "Encoder, 6 layers, 18.9M",
    )
    assert found["order", "encoder"] == ("changed", "32 (MHA, GELU)", "6 (MHA, ReLU)")
    assert found["intermediate_size", ""] == ("changed", 5120, 2048), "of both halves, in one row"
    assert ("block", "encoder") not in found


def test_rope_scaling_is_one_row_and_one_that_comes_is_none_that_is_missing() -> None:
    scaling = named("gemma-4-e2b", "llama-3-2-1b", "position.rope_scaling")
    assert scaling == {"": ("added", None, "Llama 3 scaling ×32 from 8,192 tokens")}
    found = {what for what, _ in rows("deepseek-v3-2", "deepseek-v4-pro") if "rope_scaling" in what}
    assert found == {"position.rope_scaling"}


def test_blocks_of_one_width_in_models_of_two_are_equal() -> None:
    """An FFN is 8,192 wide in both: four times the one hidden size, no multiple of the other."""
    found = rows("phi-3-mini", "laguna-xs-2-1")
    assert not [subject for what, subject in found if what == "block" and ("8,192" in subject or "FFN" in subject)]
    assert not named("phi-3-mini", "laguna-xs-2-1", "gate_activation"), "the one has no gate"


@pytest.mark.parametrize(
    ("first", "second"), [("t5-11b", "bart-large"), ("gpt-1", "glm-5-744b"), ("gemma-4-26b-a4b", "kimi-linear-48b-a3b")]
)
def test_what_a_box_or_the_model_says_is_no_row_of_the_embedding(first: str, second: str) -> None:
    """Softcaps, scales of logits and positions are boxes; tied tables and widths are settings of the whole model."""
    twice = {"final_logit_softcapping", "logit_scale", "max_position_embeddings", "sinusoidal_positions"}
    assert not twice & {what for what, _ in rows(first, second)}
    assert not [row for row in named(first, second, "block").values() if str(row[1]).startswith("LM head")]


def test_the_head_of_a_masked_model_is_said_once() -> None:
    found = rows("dbrx-132b", "modernbert-base")
    assert found["block", "GELU"] == ("added", None, "GELU")
    assert not {"activation", "norm"} & {what for what, _ in found}
    assert ("attention_norm", "") not in found, "all layers but one have it"
    order = "1 global attention (no attention norm) + (2 SWA + 1 global attention (attention norm)) × 7"
    assert found["order", ""][2] == order


def test_indexers_are_compared_under_every_spelling() -> None:
    found = rows("t5-11b", "qwen3-8-flash-next-125b-a6b")
    assert found["index_n_heads", "attention"] == ("added", None, 4)
    assert found["index_topk", "attention"] == ("added", None, 2048)
    assert ("elementwise_affine", "norm") not in found, "both have norms with weights"


def test_blocks_that_an_indexer_chooses_are_so_many_keys() -> None:
    """16 blocks of 128 keys in MiniMax M3, 2,048 keys in GLM-5.2: neither has them more than the other."""
    found = rows("minimax-m3-428b", "glm-5-2")
    assert ("index_topk", "") not in found
    assert found["index_n_heads", ""] == ("changed", 4, 32)


def test_a_scale_of_the_logits_is_no_softcap() -> None:
    found = rows("inkling", "gemma-2-27b")
    assert found["block", "÷ 24"] == ("removed", "÷ 24", None)
    assert found["block", "logit softcap 30"] == ("added", None, "logit softcap 30")


def test_compressed_attention_has_what_its_settings_do_not_say() -> None:
    found = rows("deepseek-v3-2", "deepseek-v4-pro")
    assert found["sliding_window", ""] == ("added", None, 128)
    assert found["compress_ratio", ""][2] == (128, 4)
    assert found["block", ""][2] == "Heavily compressed attention; Compressed sparse attention", "in the same order"
    assert found["sinks", ""] == ("added", False, True)
    assert found["kv_lora_rank", ""] == ("removed", 512, None)
    assert found["n_group", ""] == ("removed", 8, None)


def test_kinds_of_attention_are_compared_in_what_one_lacks() -> None:
    found = rows("qwen3-next-80b-a3b", "kimi-linear-48b-a3b")
    assert found["qk_norm", ""] == ("removed", "rmsnorm_per_head", None)
    assert ("num_key_value_heads", "") not in found, "latent attention has keys and values of each head, of one latent"
    assert found["block", "attention"] == ("changed", "Gated attention", "Multi-head latent attention")


def test_a_shared_expert_of_the_kind_of_the_others_is_a_number_and_a_width() -> None:
    found = {what for what, _ in rows("tencent-hy4-preview-770b-a49b", "olmoe-1b-7b")}
    assert {"n_shared_experts", "shared_expert_intermediate_size"} <= found
    assert not {"shared_expert", "shared_expert_combination_strategy"} & found


def test_experts_that_come_say_their_width() -> None:
    before, after = rows("mistral-small-3-1-24b", "mixtral-8x7b")["block", ""][1:]
    assert before == "SwiGLU FFN, 5,120 → 32,768 → 5,120"
    assert after == "Mixture of experts, 2 of 8, width 14,336"


ROUTED = """name: M
hidden_size: 64
vocab_size: 9
layers:
  - embedding
  - decoder:
      attention: {{multi_head: {{num_attention_heads: 4, is_causal: {causal}}}}}
      feed_forward: {{swiglu: {{intermediate_size: 64}}}}
  - output_head
"""


def test_causality_has_a_name_of_the_field() -> None:
    from archdraw.glossary.settings import name_of, value_of

    first, second = (expand(parse_spec(ROUTED.format(causal=causal))) for causal in ("true", "false"))
    (change,) = [one for one in difference(first, second).changes if one.what == "is_causal"]
    assert (change.sign, name_of(change.what), change.before) == ("removed", "causal attention", True)
    assert value_of("placement", "post_add") == "post-norm"


def test_the_layer_of_multi_token_prediction_is_compared_whatever_settings_of_the_module_differ() -> None:
    """That of DeepSeek V4 reads all streams, and its attention is not that of the layers: such rows name the module."""
    found = rows("deepseek-v3", "deepseek-v4-flash")
    assert found["stream_head", "MTP module"] == ("added", None, "stream_head")
    assert found["block", "token mixer, MTP module"][1:] == ("Multi-head latent attention", "Sliding-window attention")
    assert found["position.rope_scaling", "MTP module"][0] == "removed"
    # What changes alike in the module and in the layers is one row, and the layer's own settings are the layer's.
    assert found["num_experts_per_tok", ""] == ("changed", 8, 6)
    assert not any(what.startswith("layer.") for what, _ in found)


def test_what_stands_in_the_place_of_another_is_said_once_and_stacks_are_no_layers() -> None:
    found = rows("clip-vit-b-32", "vit-b-16")
    assert found["occurrences", "layer stacks"] == ("changed", 2, 1)
    assert found["layers", ""] == ("changed", 24, 12)
    assert "every image with every text" in str(found["block", "Cosine similarity"][1])
    details = {where: values for (what, where), values in found.items() if what == "detail"}
    assert details == {"+ position embedding": ("changed", "learned, 50 × 768", "learned, 197 × 768")}


def test_the_order_of_one_of_several_stacks_is_not_that_of_all_layers() -> None:
    """ResNet-50 has 16 blocks in 4 stacks; what stands beside GPT-1's layers is the first of these."""
    (row,) = named("gpt-1", "resnet-50", "order").values()
    assert row[1] == "12 (MHA, GELU)"
    assert str(row[2]).startswith("in one of 4 stacks: 1 (convolution 1 × 1, ")
    (row,) = named("gpt-1", "mixtral-8x7b", "order").values()
    assert not any("stack" in str(value) for value in row)


def test_groups_of_heads_in_the_output_projection_come_with_compressed_attention() -> None:
    found = rows("deepseek-v3-2", "deepseek-v4-pro")
    assert found["o_groups", ""] == ("added", None, 16)
    assert found["o_lora_rank", ""] == ("added", None, 1024)


def test_values_of_one_group_have_the_order_of_its_blocks() -> None:
    found = rows("glm-4-5-air", "gemma-4-e2b")
    assert found["block", "dense FFN"][2] == "GeGLU FFN; Double-width GeGLU FFN"
    assert found["intermediate_size", ""] == ("changed", 10944, (6144, 12288))
    found = rows("glm-5-2", "apertus-8b")
    assert found["block", ""][1].startswith("MLA with DeepSeek Sparse Attention (DSA); MLA with DSA, shared index")
    assert found["indexer", ""][1] == ("full", "shared")


@pytest.mark.parametrize("first", ["deepseek-v3", "deepseek-v3-2", "glm-5-3"])
def test_residuals_are_plain_where_a_layer_has_no_other(first: str) -> None:
    found = rows(first, "deepseek-v4-pro")
    assert found["residual", ""] == ("changed", "plain", "hyper_connections")
    assert ("num_key_value_heads", "") not in found, "latent attention"


def test_what_all_blocks_have_but_other_layers_lack_is_counted_on_both_sides() -> None:
    found = rows("deepseek-v3", "deepseek-v4-pro")
    assert ("e_score_correction_bias", "") not in found, "58 of 61 layers of both"
    assert found["hash_routing", ""][1:] == (False, True)


def test_attention_with_windows_is_not_called_global() -> None:
    found = rows("deepseek-v4-flash", "gpt-2")
    assert found["sliding_window", "attention"] == ("removed", 128, None)
    assert not [subject for _, subject in found if subject == "global attention"]


def test_norms_that_modules_of_a_layer_begin_with_are_counted() -> None:
    found = rows("xlstm-7b", "conformer-l")
    assert found["occurrences", "norms in layers"] == ("changed", "2 per layer", "5 per layer")

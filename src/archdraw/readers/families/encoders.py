"""BERT and those of its relatives that differ in names, defaults, tables and places of norms, a row each."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import gated_feed_forward, given, rope
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import Relative, Sizes, family
from archdraw.readers.traced import commented


def repeated(layer: dict[str, Any], number: int) -> Block:
    return {"encoder_layer": {"times": number, **layer}}


def bidirectional(heads: int, **extra: Any) -> Block:
    """Attention of an encoder: every token sees all others."""
    return {"multi_head": {"num_attention_heads": heads, "is_causal": False} | given(**extra)}


def _mpnet(sizes: Sizes, index: int) -> Block:
    """MPNet's attention: a bias for each bucket of distances, whose table is one for all layers."""
    buckets = sizes.config.integer("relative_attention_num_buckets", default=32)
    table = {"relative_attention_num_buckets": buckets} | given(shared=index > 0)
    return sizes.attention(position={"relative_bias": table})


def _roformer(sizes: Sizes, index: int) -> Block:
    """RoFormer's attention: its sines and cosines are stored in one table for all layers."""
    if sizes.config.flag("rotary_value", default=False):
        sizes.config.mark_incomplete("the rotation of values (rotary_value)")
    table = {"max_position_embeddings": sizes.size("max_position_embeddings")} | given(shared=index > 0)
    return sizes.attention(position={"rope": table})


def _rotated(theta: float, *, biased: bool = True) -> Any:
    """Attention of queries and keys that are rotated by positions, with the class's base ``theta``."""

    def attention(sizes: Sizes, index: int) -> Block:
        width = sizes.config.optional_integer("head_dim")
        hidden, heads = sizes.size("hidden_size"), sizes.size("num_attention_heads")
        if width is None and hidden % heads:
            width = commented(hidden // heads, "hidden_size // num_attention_heads, rounded down")
        return sizes.attention(biased=biased, position=rope(sizes.config, theta=theta), **given(head_dim=width))

    return attention


def _gte_feed_forward(sizes: Sizes) -> dict[str, Any]:
    """A gated feed forward without biases, whatever ``mlp_bias`` says: the classes do not ask."""
    made = gated_feed_forward(sizes.config, sizes.size("intermediate_size"), act=sizes.relative.act)
    assert isinstance(made, dict)
    next(iter(made.values())).pop("mlp_bias", None)
    return made


def _stored_sines(sizes: Sizes) -> dict[str, Any]:
    return {"sinusoidal_positions": True} if sizes.config.flag("sinusoidal_pos_embds", default=False) else {}


def _task_types(sizes: Sizes) -> dict[str, Any]:
    rows = sizes.config.integer("task_type_vocab_size", default=3)
    return {"tables": {"Task type embedding": rows}} if sizes.config.flag("use_task_id", default=False) else {}


def _places_on_a_page(sizes: Sizes) -> dict[str, Any]:
    rows = sizes.config.integer("max_2d_position_embeddings", default=1024)
    return {"tables": {"Embedding of place and size": [rows] * 4}}


def _places_in_a_table(sizes: Sizes) -> dict[str, Any]:
    rows = sizes.config.integers("type_vocab_sizes", default=[3, 256, 256, 2, 256, 256, 10])
    return {"tables": {"Embedding of table structure": rows}} if rows else {}


def _plain_head(sizes: Sizes, made: Draft) -> Block:
    """One projection to the vocabulary with a bias, and a second bias that nothing adds."""
    return {"output_head": {"bias": True} | given(unused_bias=not made.tie_word_embeddings)}


_ROBERTA: dict[str, Any] = {"after_padding": True, "head_act": "gelu"}
_LARGE = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}

RELATIVES = (
    Relative("bert", "Bert"),
    Relative("roberta", "Roberta", {"vocab_size": 50265}, **_ROBERTA),
    Relative("camembert", "Camembert", **_ROBERTA),
    Relative("xlm-roberta", "XLMRoberta", **_ROBERTA),
    Relative("data2vec-text", "Data2VecText", **_ROBERTA),
    Relative("ibert", "IBert", decodes=False, ignored=("force_dequant", "quant_mode"), **_ROBERTA),
    Relative(
        "xlm-roberta-xl",
        "XLMRobertaXL",
        {
            "vocab_size": 250880,
            "hidden_size": 2560,
            "num_hidden_layers": 36,
            "num_attention_heads": 32,
            "intermediate_size": 10240,
            "max_position_embeddings": 514,
            "type_vocab_size": 1,
        },
        placement="pre",
        embedding_norm=False,
        **_ROBERTA,
    ),
    Relative("roberta-prelayernorm", "RobertaPreLayerNorm", {"vocab_size": 50265}, placement="pre", **_ROBERTA),
    Relative("megatron-bert", "MegatronBert", {"vocab_size": 29056, **_LARGE}, placement="pre", embedding_norm=False),
    Relative(
        "bert-generation",
        "BertGeneration",
        {"vocab_size": 50358, **_LARGE},
        segments=False,
        head=_plain_head,
        classes=("BertGenerationDecoder",),
    ),
    Relative("ernie", "Ernie", tables=_task_types),
    Relative(
        "distilbert",
        "DistilBert",
        {"num_hidden_layers": 6},
        {
            "hidden_size": "dim",
            "num_hidden_layers": "n_layers",
            "num_attention_heads": "n_heads",
            "intermediate_size": "hidden_dim",
            "hidden_act": "activation",
        },
        segments=False,
        decodes=False,
        second_bias=False,
        tables=_stored_sines,
        ignored=("qa_dropout", "seq_classif_dropout", "tie_weights_"),
    ),
    Relative(
        "electra",
        "Electra",
        {
            "hidden_size": 256,
            "num_attention_heads": 4,
            "intermediate_size": 1024,
            "embedding_size": 128,
        },
        embedding_size="embedding_size",
        head_size="embedding_size",
        head_act="gelu",
        second_bias=False,
    ),
    Relative(
        "rembert",
        "RemBert",
        {
            "vocab_size": 250300,
            "hidden_size": 1152,
            "num_hidden_layers": 32,
            "num_attention_heads": 18,
            "intermediate_size": 4608,
            "input_embedding_size": 256,
            "output_embedding_size": 1664,
        },
        embedding_size="input_embedding_size",
        always_projected=True,
        head_size="output_embedding_size",
        tied=False,
        can_be_tied=False,
        second_bias=False,
    ),
    Relative(
        "roformer",
        "RoFormer",
        {"vocab_size": 50000, "max_position_embeddings": 1536},
        positions=False,
        embedding_size="embedding_size",
        head_size="embedding_size",
        attention=_roformer,
    ),
    Relative(
        "mpnet",
        "MPNet",
        {"vocab_size": 30527},
        segments=False,
        after_padding=True,
        decodes=False,
        head_act="gelu",
        attention=_mpnet,
    ),
    Relative(
        "nomic_bert",
        "NomicBert",
        {"vocab_size": 30528, "max_position_embeddings": 2048},
        act="silu",
        positions=False,
        decodes=False,
        attention=_rotated(1000.0, biased=False),
        feed_forward=_gte_feed_forward,
    ),
    Relative(
        "gte",
        "Gte",
        {"vocab_size": 250048, "max_position_embeddings": 8192, "type_vocab_size": 1},
        positions=False,
        decodes=False,
        head_act="gelu",
        second_bias=False,
        attention=_rotated(160000.0),
        feed_forward=lambda sizes: _with_last_bias(_gte_feed_forward(sizes)),
    ),
    Relative(
        "jina_embeddings_v3",
        "JinaEmbeddingsV3",
        {"vocab_size": 250002, **_LARGE, "max_position_embeddings": 8194, "type_vocab_size": 1},
        positions=False,
        decodes=False,
        head_act="gelu",
        attention=_rotated(20000.0),
    ),
    Relative("layoutlm", "LayoutLM", decodes=False, pooler=True, tables=_places_on_a_page),
    Relative(
        "tapas",
        "Tapas",
        {"max_position_embeddings": 1024},
        segments=False,
        decodes=False,
        tables=_places_in_a_table,
        ignored=(
            *("aggregation_labels", "aggregation_temperature", "allow_empty_column_selection", "answer_loss_cutoff"),
            *("answer_loss_importance", "aggregation_loss_weight", "average_approximation_function", "temperature"),
            *("average_logits_per_cell", "cell_selection_preference", "disable_per_token_loss", "huber_loss_delta"),
            *("init_cell_selection_weights_to_zero", "max_num_columns", "max_num_rows", "no_aggregation_label_index"),
            *("num_aggregation_labels", "positive_label_weight", "reset_position_index_per_cell", "select_one_column"),
            *("use_answer_as_supervision", "use_gumbel_for_aggregation", "use_gumbel_for_cells"),
            "use_normalized_answer_loss",
        ),
    ),
)


def _with_last_bias(feed_forward: dict[str, Any]) -> Block:
    """``feed_forward`` with a bias of the last projection alone."""
    keyword, fields = next(iter(feed_forward.items()))
    return {keyword: fields | {"mlp_down_bias": True}}


FAMILIES = tuple(map(family, RELATIVES))

"""BERT's relatives with another mixer than multi-head attention of all tokens, a row each."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import (
    Relative,
    Sizes,
    begun,
    family,
    layers,
    masked_head,
    plain_feed_forward,
    unread_pooler,
)
from archdraw.readers.families.gpt import UNGATED


def _big_bird(sizes: Sizes, index: int) -> Block:
    """BigBird's attention: blocks, unless all of a text is attended to; ``use_bias`` is of queries, keys and values."""
    config, biased = sizes.config, sizes.config.flag("use_bias", default=True)
    if not biased and config.flag("add_cross_attention", default=False):
        config.mark_incomplete("cross-attention without biases of its inputs (use_bias)")
    biases = {"attention_bias": True} if biased else {"attention_bias": False, "attention_out_bias": True}
    block, random = config.integer("block_size", default=64), config.integer("num_random_blocks", default=3)
    kind = config.text("attention_type", default="block_sparse")
    if kind not in ("block_sparse", "original_full"):
        config.complain(f"attention_type is block_sparse or original_full, not {kind[:40]}", "attention_type")
    if kind == "original_full" or sizes.causal:
        return sizes.attention(**biases)
    heads = {"num_attention_heads": sizes.size("num_attention_heads")}
    return {"random_block_attention": heads | {"block_size": block, "num_random_blocks": random} | biases}


def _longformer(sizes: Sizes, index: int) -> Block:
    """Longformer's attention: a window, one size for all layers or one for each, and global tokens."""
    config = sizes.config
    if isinstance(config.raw("attention_window"), list):
        number = sizes.size("num_hidden_layers")
        window = config.per_layer(config.integers("attention_window"), number, "attention_window")[index]
    else:
        window = config.integer("attention_window", default=512)
    if window < 1 or window % 2:
        config.complain(f"attention_window is an even number of tokens, not {window}", "attention_window")
    heads = {"num_attention_heads": sizes.size("num_attention_heads")}
    return {"window_and_global_attention": heads | {"attention_window": window, "attention_bias": True}}


def _approximate(method: str, **numbers: tuple[str, int]) -> Any:
    """Attention that is approximated by ``method``, whose ``numbers`` have a key and a default each."""

    def attention(sizes: Sizes, index: int) -> Block:
        fields = {"num_attention_heads": sizes.size("num_attention_heads"), "method": method, "attention_bias": True}
        read = {name: sizes.config.integer(key, default=usual) for name, (key, usual) in numbers.items()}
        read |= given(conv_kernel_size=sizes.config.optional_integer("conv_kernel_size", "conv_window"))
        return {"approximate_attention": fields | read}

    return attention


def _scaled_tables(sizes: Sizes) -> dict[str, Any]:
    return {"scale_embedding": True} if sizes.config.flag("rescale_embeddings", default=False) else {}


def _squeezed(sizes: Sizes, index: int) -> Block:
    """SqueezeBERT's attention: its projections are in groups of features."""
    groups = ("q_groups", "k_groups", "v_groups", "post_attention_groups")
    read = {name: sizes.config.integer(name, default=1 if name.startswith("post") else 4) for name in groups}
    return {"grouped_projection_attention": {"num_attention_heads": sizes.size("num_attention_heads"), **read}}


def _squeezed_feed_forward(sizes: Sizes) -> Block:
    if sizes.config.integer("embedding_size", default=sizes.size("hidden_size")) != sizes.size("hidden_size"):
        sizes.config.complain("embedding_size differs from hidden_size, which this class has no projection for")
    return _grouped(sizes, *(sizes.config.integer(f"{name}_groups", default=4) for name in ("intermediate", "output")))


def _grouped(sizes: Sizes, first: int, second: int) -> Block:
    """A feed forward whose projections are in so many groups of features."""
    names = {"gelu": "GELU", "relu": "ReLU"}
    act = names.get(UNGATED.get(sizes.act, ""), "")
    if not act:
        sizes.config.mark_incomplete(f"the activation {sizes.act}")
    fields: dict[str, Any] = {"intermediate_size": sizes.size("intermediate_size")}
    fields |= {"intermediate_groups": first, "output_groups": second}
    return {"feed_forward_in_groups": fields | ({"activation": act} if act not in ("", "GELU") else {})}


def _span_convolution(sizes: Sizes, index: int) -> Block:
    """ConvBERT's mixer: ``head_ratio`` heads of attention fewer than ``num_attention_heads`` says."""
    kernel = sizes.config.integer("conv_kernel_size", default=9)
    ratio = sizes.config.integer("head_ratio", default=2)
    heads = max(sizes.size("num_attention_heads") // ratio, 1)
    return {"span_convolution_attention": {"num_attention_heads": heads, "conv_kernel_size": kernel}}


def _span_feed_forward(sizes: Sizes) -> Block:
    groups = sizes.config.integer("num_groups", default=1)
    return plain_feed_forward(sizes) if groups == 1 else _grouped(sizes, groups, groups)


def _luke(relative: Relative, config: Config) -> Draft:
    """LUKE: entities of a table of their own join the words, and a second head predicts them."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    rows = config.integer("entity_vocab_size", default=500_000)
    width = config.integer("entity_emb_size", default=256)
    hidden = made.hidden_size
    added: list[Block] = [
        {
            "weight": _table(
                "position_embeddings", "+ position embedding", (sizes.size("max_position_embeddings"), hidden)
            )
        },
        {"weight": _table("token_type_embeddings", "+ segment embedding", (sizes.size("type_vocab_size"), hidden))},
    ]
    # One above the other: the line of the entities comes up beside them.
    made.layers[:1] = ["embedding", *added]
    tables: list[Block] = [
        {"input": {"label": "Entities", "features": width}},
        {"weight": _table("entity_embeddings", "Entity table", (rows, width))},
    ]
    if width != hidden:
        tables.append({"linear": {"features": hidden, "label": f"{width:,} → {hidden:,}"}})
    tables += [*added, "layernorm"]
    entities = {"label": "Entity embedding", "detail": "of spans; joins the words", "role": "embedding", "body": tables}
    made.layers.append({"side": {"direction": "in", "body": {"module": entities}}})
    made.layers += layers(sizes, made)
    tied = config.flag("tie_word_embeddings", default=True)
    predicting = masked_head(config, sizes.act)
    act = predicting["masked_language_model_head"]["activation"] if isinstance(predicting, dict) else "GELU"
    body: list[Block] = [
        {"linear": {"features": width, "bias": True, "label": f"{hidden:,} → {width:,}"}},
        {"op": act},
        "layernorm",
        _entity_scores(rows, width, tied=tied),
    ]
    guess = {"label": "Entity head", "detail": f"one of {counted(rows, 'entity', 'entities')}", "body": body}
    made.layers += [unread_pooler(hidden), {"side": {"direction": "out", "body": {"module": guess}}}]
    # The table of words is never tied to the head; "tied" are the entities, and the head's two biases.
    made.layers.append(masked_head(config, "gelu", **given(unused_bias=not tied)))
    return made


def _entity_scores(rows: int, width: int, *, tied: bool) -> Block:
    """The scores of entities, with the weights of their table or with their own."""
    weights = [{"name": "bias", "shape": [rows]}]
    if not tied:
        weights.insert(0, {"name": "weight", "shape": [rows, width]})
    detail = "weights of the entity embedding" if tied else "weights of its own"
    return {"weight": {"label": f"{width:,} → {rows:,}", "detail": detail, "features": rows, "weights": weights}}


def _table(name: str, label: str, shape: tuple[int, int]) -> dict[str, Any]:
    weights = [{"name": "weight", "shape": list(shape)}]
    detail = f"{shape[0]:,} rows"
    return {
        "name": name,
        "label": label,
        "detail": detail,
        "part": "embedding",
        "role": "embedding",
        "weights": weights,
    }


def _entity_aware(sizes: Sizes, index: int) -> Block:
    if not sizes.config.flag("use_entity_aware_attention", default=True):
        return sizes.attention()
    return {"entity_aware_attention": {"num_attention_heads": sizes.size("num_attention_heads")}}


RELATIVES = (
    Relative(
        "longformer",
        "Longformer",
        after_padding=True,
        decodes=False,
        head_act="gelu",
        attention=_longformer,
        ignored=("onnx_export", "ignore_attention_mask", "attention_mode", "attention_dilation", "autoregressive"),
    ),
    Relative(
        "big_bird",
        "BigBird",
        {"vocab_size": 50358, "max_position_embeddings": 4096},
        act="gelu_new",
        pooler=True,
        attention=_big_bird,
        tables=_scaled_tables,
    ),
    Relative(
        "nystromformer",
        "Nystromformer",
        {"vocab_size": 30000, "max_position_embeddings": 510},
        act="gelu_new",
        more_positions=2,
        decodes=False,
        attention=_approximate("nystrom", num_landmarks=("num_landmarks", 64)),
        ignored=("inv_coeff_init_option", "segment_means_seq_len"),
    ),
    Relative(
        "mra",
        "Mra",
        {"vocab_size": 50265, "type_vocab_size": 1},
        more_positions=2,
        decodes=False,
        attention=_approximate("multiresolution", block_per_row=("block_per_row", 4)),
        ignored=("approx_mode", "initial_prior_diagonal_n_blocks", "initial_prior_first_n_blocks"),
    ),
    Relative(
        "yoso",
        "Yoso",
        {"vocab_size": 50265, "max_position_embeddings": 4096, "type_vocab_size": 1},
        more_positions=2,
        decodes=False,
        attention=_approximate("lsh", num_hash=("num_hash", 64), hash_code_len=("hash_code_len", 9)),
        ignored=("lsh_backward", "use_expectation", "use_fast_hash"),
    ),
    Relative(
        "fnet",
        "FNet",
        {"vocab_size": 32000, "type_vocab_size": 4},
        act="gelu_new",
        always_projected=True,
        decodes=False,
        pooler=True,
        attention=lambda sizes, index: "fourier_mixing",
        ignored=("tpu_short_seq_length", "use_tpu_fourier_optimizations"),
    ),
    Relative(
        "squeezebert",
        "SqueezeBert",
        decodes=False,
        pooler=True,
        attention=_squeezed,
        feed_forward=_squeezed_feed_forward,
    ),
    Relative(
        "convbert",
        "ConvBert",
        {"embedding_size": 768},
        decodes=False,
        embedding_size="embedding_size",
        head_size="embedding_size",
        head_act="gelu",
        second_bias=False,
        attention=_span_convolution,
        feed_forward=_span_feed_forward,
    ),
)

FAMILIES = (
    *map(family, RELATIVES),
    family(
        Relative(
            "luke",
            "Luke",
            {"vocab_size": 50267},
            after_padding=True,
            head_act="gelu",
            can_be_tied=False,
            second_bias=False,
            decodes=False,
            attention=_entity_aware,
        ),
        _luke,
    ),
)

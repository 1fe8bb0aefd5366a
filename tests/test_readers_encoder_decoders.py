"""BART's and T5's relatives: what distinguishes them, their halves, tables, keys that contradict each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.readers import Reading, read_config
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import encoder, one_table
from archdraw.readers.halves import decoder_half, encoder_half
from archdraw.readers.joined import joined
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import layers, leaves, walk

BOTH = {
    "d_model": 64,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 100,
    "decoder_ffn_dim": 120,
    "vocab_size": 1000,
    "max_position_embeddings": 50,
}
TABLE = 1000 * 64


def read(folder: Path, config: dict[str, Any]) -> Reading:
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return read_config(file)


def tree(reading: Reading) -> Module:
    return expand(parse_spec(reading.text, "config"))


def counted(reading: Reading) -> Facts:
    return facts(tree(reading))


def boxes(reading: Reading) -> list[Leaf]:
    return list(leaves(tree(reading)))


@pytest.mark.parametrize(
    ("kind", "norms", "positions"),
    [
        # Norms of a layer of the encoder and one of the decoder, of both embeddings, behind both halves.
        ("bart", 2 + 3 + 2, "learned"),
        ("mbart", 2 + 3 + 2 + 2, "learned"),
        ("pegasus", 2 + 3 + 2, "sinusoidal"),
        ("marian", 2 + 3, "sinusoidal"),
        ("m2m_100", 2 + 3 + 2, "sinusoidal"),
        ("blenderbot", 2 + 3 + 2, "learned"),
        ("blenderbot-small", 2 + 3 + 2, "learned"),
    ],
)
def test_norms_and_positions_tell_relatives_apart(tmp_path: Path, kind: str, norms: int, positions: str) -> None:
    found = boxes(read(tmp_path, {"model_type": kind, **BOTH}))
    assert sum(leaf.role == "norm" for leaf in found) == norms
    added = [str(leaf.detail) for leaf in found if leaf.role == "position"]
    assert len(added) == 2
    assert all(positions in one.lower() for one in added)


@pytest.mark.parametrize(("kind", "rows"), [("bart", 52), ("blenderbot", 50), ("pegasus", 50), ("m2m_100", 0)])
def test_positions_are_rows_of_a_table_or_none(tmp_path: Path, kind: str, rows: int) -> None:
    """BART has two rows that no position uses; Pegasus stores its sines, M2M-100 computes them."""
    found = boxes(read(tmp_path, {"model_type": kind, **BOTH}))
    stored = [weight.shape for leaf in found if leaf.role == "position" for weight in leaf.weights]
    assert stored == ([(rows, 64)] * 2 if rows else [])


@pytest.mark.parametrize(
    ("kind", "version", "tables"),
    [
        # Transformers 5 has a table each for encoder, decoder and head, and one more that nothing reads.
        ("bart", "5.24.0", 3),
        ("bart", "4.40.0", 1),
        ("whisper", "5.24.0", 1),
        ("t5", "5.24.0", 0),
        ("t5", "4.40.0", 1),
        ("mt5", "5.24.0", 0),
    ],
)
def test_untied_tables_are_those_of_the_version(tmp_path: Path, kind: str, version: str, tables: int) -> None:
    sizes = BOTH if kind in ("bart", "whisper") else {"d_model": 64, "d_kv": 16, "d_ff": 100, "num_layers": 2}
    config = {"model_type": kind, **sizes, "num_heads": 4, "vocab_size": 1000, "transformers_version": version}
    tied = counted(read(tmp_path, config | {"tie_word_embeddings": True})).total_parameters
    own = counted(read(tmp_path, config | {"tie_word_embeddings": False})).total_parameters
    assert own - tied == tables * TABLE


@pytest.mark.parametrize(
    ("kind", "scaled", "version"),
    [("t5", True, "5.24.0"), ("t5", False, "5.24.0"), ("umt5", False, "5.24.0"), ("mt5", True, "5.24.0")],
)
def test_the_last_vectors_are_scaled_where_the_class_does(
    tmp_path: Path, kind: str, scaled: bool, version: str
) -> None:
    """``scale_decoder_outputs`` says what ``tie_word_embeddings`` said before; mT5 never scales."""
    config = {"model_type": kind, "scale_decoder_outputs": scaled, "transformers_version": version}
    assert ("logit_scale" in read(tmp_path, config).text) is (scaled and kind != "mt5")


def test_each_layer_of_umt5_has_its_own_biases(tmp_path: Path) -> None:
    config = {"d_model": 64, "d_kv": 16, "d_ff": 100, "num_layers": 4, "num_heads": 4, "vocab_size": 1000}
    one = counted(read(tmp_path, {"model_type": "mt5", **config})).total_parameters
    all_layers = counted(read(tmp_path, {"model_type": "umt5", **config})).total_parameters
    assert all_layers - one == (4 - 1) * 2 * 32 * 4


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "bart", **BOTH, "num_hidden_layers": 5}, "num_hidden_layers 5 contradicts encoder_layers 3"),
        ({"model_type": "whisper", **BOTH, "num_hidden_layers": 5}, "num_hidden_layers 5 contradicts"),
        ({"model_type": "mbart", **BOTH, "hidden_size": 32}, "hidden_size 32 contradicts d_model 64"),
        ({"model_type": "t5", "num_layers": 2, "num_hidden_layers": 3}, "contradicts num_layers 2"),
        ({"model_type": "switch_transformers", "encoder_sparse_step": 2}, "encoder_sparse_step 2 contradicts"),
        ({"model_type": "pegasus", **BOTH, "normalize_before": False}, "normalize_before"),
        ({"model_type": "marian", **BOTH, "decoder_vocab_size": 900}, "decoder_vocab_size 900 beside vocab_size 1,000"),
        ({"model_type": "moonshine", "encoder_num_attention_heads": 4}, "other heads in the decoder"),
        ({"model_type": "moshi", "tie_word_embeddings": True, "architectures": ["MoshiForCausalLM"]}, "tied head"),
    ],
)
def test_what_contradicts_is_said(tmp_path: Path, config: dict[str, Any], reason: str) -> None:
    assert any(reason in one for one in read(tmp_path, config).incomplete)


def test_a_gate_that_contradicts_the_name_of_the_feed_forward_counts(tmp_path: Path) -> None:
    reading = read(tmp_path, {"model_type": "t5", "is_gated_act": True})
    assert "reglu" in reading.text
    said = "is_gated_act true contradicts feed_forward_proj relu: it counts"
    assert said in [problem.message for problem in reading.warnings]
    assert not reading.incomplete


@pytest.mark.parametrize("kind", ["bart", "whisper", "mbart"])
def test_second_names_that_agree_are_no_contradiction(tmp_path: Path, kind: str) -> None:
    reading = read(tmp_path, {"model_type": kind, **BOTH, "num_hidden_layers": 3, "hidden_size": 64})
    assert reading.incomplete == ()


def test_the_second_name_holds_where_it_contradicts(tmp_path: Path) -> None:
    """As in transformers 5, whose classes take the key and its second name one after the other."""
    said = counted(read(tmp_path, {"model_type": "bart", **BOTH, "num_hidden_layers": 5}))
    other = counted(read(tmp_path, {"model_type": "bart", **BOTH, "encoder_layers": 5}))
    assert said.total_parameters == other.total_parameters


@pytest.mark.parametrize("kind", ["bart", "whisper", "t5gemma"])
def test_halves_are_of_the_whole(tmp_path: Path, kind: str) -> None:
    """The decoder alone keeps its cross-attention, the encoder alone its own table of tokens."""
    config = json.loads((Path(__file__).parent / "data" / "families" / NAMES[kind]).read_text("utf-8"))
    stem = str(config["architectures"][0]).removesuffix("ForConditionalGeneration")
    decoder = read(tmp_path, config | {"architectures": [f"{stem}ForCausalLM"]})
    assert not any(isinstance(part, Module) and part.level == "encoder" for _, part in walk(tree(decoder)))
    assert "cross_attention" in decoder.text
    assert decoder.incomplete == ()
    encoder = read(tmp_path, config | {"architectures": [f"{stem}EncoderModel"]})
    assert "cross_attention" not in encoder.text
    assert "output_head" not in encoder.text
    assert "shared" not in encoder.text


NAMES = {
    "bart": "bart--BartForConditionalGeneration.json",
    "whisper": "whisper--WhisperForConditionalGeneration.json",
    "t5gemma": "t5gemma--T5GemmaForConditionalGeneration.json",
}


def test_the_encoder_may_have_a_vocabulary_of_its_own(tmp_path: Path) -> None:
    config = {"model_type": "marian", **BOTH, "share_encoder_decoder_embeddings": False}
    same = counted(read(tmp_path, config)).total_parameters
    less = counted(read(tmp_path, config | {"decoder_vocab_size": 900})).total_parameters
    assert same - less == 100 * 64


def test_a_joint_model_needs_readers_for_both_halves(tmp_path: Path) -> None:
    from archdraw.errors import InputError

    config = {"model_type": "encoder-decoder", "encoder": {"model_type": "nothing"}, "decoder": {"model_type": "bert"}}
    with pytest.raises(InputError, match="there is no reader for nothing"):
        read(tmp_path, config)
    with pytest.raises(InputError, match="there is no section for it"):
        read(tmp_path, {"model_type": "encoder-decoder", "decoder": {"model_type": "bert"}})


def test_layers_that_see_both_ways_see_as_far_to_the_other_side(tmp_path: Path) -> None:
    config = json.loads((Path(__file__).parent / "data" / "families" / NAMES["t5gemma"]).read_text("utf-8"))
    heads = [leaf.heads for leaf in boxes(read(tmp_path, config)) if leaf.heads is not None and leaf.heads.reach]
    reaches = {(one.causal, one.reach) for one in heads}
    assert reaches == {(True, 4096), (False, 2 * 4096)}


def test_cross_attention_of_t5gemma_is_scaled_and_bounded_as_its_own_attention(tmp_path: Path) -> None:
    config = json.loads((Path(__file__).parent / "data" / "families" / NAMES["t5gemma"]).read_text("utf-8"))
    parts = (part for _, part in walk(tree(read(tmp_path, config))) if isinstance(part, Module))
    crossing = next(part for part in parts if part.name == "cross_attn")
    (attention,) = (leaf for leaf in leaves(crossing) if leaf.name == "attention")
    assert "50" in str(attention.tag)
    assert "256" in str(crossing.notes)


def test_an_encoder_alone_has_its_own_sizes_and_what_its_layers_use() -> None:
    inner: list[Block] = [{"embedding": {"shared": True}}, "layer", "rmsnorm"]
    whole = Draft(8, 100, None, True, {"layer": "rmsnorm", "other": "layernorm"}, ["embedding", "other", "output_head"])
    whole.layers.insert(1, encoder(inner, hidden_size=16, vocab_size=50))
    half = encoder_half(whole)
    assert (half.hidden_size, half.vocab_size, half.tie_word_embeddings) == (16, 50, False)
    assert (half.layers, half.define) == (["embedding", "layer", "rmsnorm"], {"layer": "rmsnorm"})


@pytest.mark.parametrize("keeps", [True, False])
def test_a_decoder_alone_has_the_table_that_nothing_reads_where_its_class_has(keeps: bool) -> None:
    whole = Draft(8, 100, None, keeps_unread=keeps)
    one_table(Config({}), whole)
    whole.layers = ["embedding", encoder(["embedding"]), *whole.layers, "output_head"]
    assert len(decoder_half(whole).layers) == (3 if keeps else 2)


def test_a_joined_encoder_sees_both_ways_and_keeps_its_widths() -> None:
    mixer: Block = {"multi_head": {"num_attention_heads": 2, "sliding_window": 5}}
    source, target = (
        Draft(
            width,
            rows,
            None,
            layers=["embedding", {"decoder": {"attention": mixer, "feed_forward": "x"}}, "output_head"],
        )
        for width, rows in ((16, 50), (8, 100))
    )
    read = joined(source, target).layers[1]
    assert isinstance(read, dict)
    assert (read["encoder"]["hidden_size"], read["encoder"]["vocab_size"]) == (16, 50)
    attention = read["encoder"]["layers"][1]["encoder_layer"]["attention"]["multi_head"]
    assert (attention["is_causal"], attention["sliding_window"]) == (False, 10)


@pytest.mark.parametrize(("kind", "number"), [("switch_transformers", 12), ("t5", 3)])
def test_a_decoder_without_a_number_of_layers_has_that_of_its_class(tmp_path: Path, kind: str, number: int) -> None:
    """Switch has one of its own, T5 that of the encoder."""
    config = {"model_type": kind, "d_model": 64, "d_kv": 16, "d_ff": 100, "num_layers": 3, "num_heads": 4}
    assert len(layers(tree(read(tmp_path, {**config, "vocab_size": 1000})))) == number

"""Modules beside a model read what their code reads: streams, inner layers, tokens; pictures show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.embeddings.dspark import DSpark
from archdraw.kinds.embeddings.multi_token_prediction import MultiTokenPrediction
from archdraw.kinds.embeddings.ngram_memory import NgramMemory
from archdraw.kinds.encoders.encoder import CrossAttention
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.mixers.added_position import AddedPosition
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.mixers.position import Rope
from archdraw.kinds.residuals.hyper_connections import StreamHead
from archdraw.picture import Bar, Box, Chain, Choice, Frame, Plate, Tap, Words
from archdraw.readers import read_config
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Block, Sequence, Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import inputs, leaves, walk
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.columns import columns
from described import describe

SCOPE = Scope(hidden_size=32, vocab_size=100)
LAYER = Decoder(attention=MultiHead(num_attention_heads=4))
CONFIGS = Path(__file__).parent / "data" / "configs"
SPECS = Path(__file__).parent.parent / "specs"
EXAMPLES = SPECS.parent / "docs" / "examples"


def plate(path: Path) -> Plate:
    spec = load_spec(path)
    return picture(spec, expand(spec))


def names(block: Block) -> set[str]:
    """The names of the leaves of ``block``, shortened."""
    return {leaf.name.removeprefix("token_") for leaf in leaves(block)}


def after_the_layers(name: str) -> list[str]:
    """The labels of what stands over the layers of a shipped model, from them up."""
    column = columns(expand(load_spec(SPECS / f"{name}.yaml"))).column.items
    last = max(index for index, item in enumerate(column) if isinstance(item, Frame))
    found = (item.items if isinstance(item, Chain) else (item,) for item in column[last + 1 :])
    boxes = (item.box if isinstance(item, Tap) else item for items in found for item in items)
    return [box.label for box in boxes if isinstance(box, Box)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deepseek-v4-pro", ["MTP module", "Collapse 4 streams", "Final RMSNorm", "LM head"]),
        ("deepseek-v4-flash", ["MTP module", "Collapse 4 streams", "Final RMSNorm", "LM head"]),
        ("qwen3-8-flash-next-125b-a6b", ["MTP module", "RMSNorm per stream", "Pre mapping (Hₚᵣₑ)", "LM head"]),
        # Their modules have no hyper-connections, and read the one line.
        ("glm-5-3-flash", ["Mean of 4 streams", "Final RMSNorm", "MTP module", "LM head"]),
        ("tencent-hy4-preview-770b-a49b", ["Collapse 4 streams", "Final RMSNorm", "MTP module", "LM head"]),
    ],
)
def test_a_prediction_module_reads_the_streams_or_the_one_line(name: str, expected: list[str]) -> None:
    assert after_the_layers(name) == expected


@pytest.mark.parametrize("name", ["glm-5-3-flash", "tencent-hy4-preview-770b-a49b"])
def test_the_layer_of_a_module_that_reads_one_line_has_a_plain_residual_line(name: str) -> None:
    model = expand(parse_spec(read_config(CONFIGS / f"{name}.json").text))
    (module,) = (part.body for _, part in walk(model) if isinstance(part, Side) and part.body.name == "mtp")
    assert any(leaf.streams for leaf in leaves(model))
    assert not any(leaf.streams for leaf in leaves(module))


def test_a_module_that_reads_streams_has_a_head_of_its_own() -> None:
    one = facts(MultiTokenPrediction(layer=LAYER).expand(SCOPE)).auxiliary["MTP module"]
    read = {
        reading: facts(
            MultiTokenPrediction(layer=LAYER, stream_head=StreamHead(hc_mult=4, read=reading, hc_lowrank=8)).expand(
                SCOPE
            )
        ).auxiliary["MTP module"]
        for reading in ("weighted", "gated")
    }
    assert read["weighted"] == one + 4 * 4 * 32 + 4 + 1
    # The norm of what is read has weights for each stream, as that of the head.
    assert read["gated"] == one + 3 * 32 + 4 * 32 + 2 * 8 * 4 * 32


def test_dspark_reads_no_line_but_inner_layers() -> None:
    side = DSpark(layer=LAYER, target_layer_ids=(3, 4, 5)).expand(SCOPE)
    assert isinstance(side, Side)
    assert not side.joins
    assert describe(side.body).detail.endswith("from inputs of layers 3–5")
    some = DSpark(layer=LAYER, target_layer_ids=(3, 9)).expand(SCOPE)
    assert isinstance(some, Side)
    assert describe(some.body).detail.endswith("from inputs of layers 3, 9")


def test_an_ngram_memory_looks_up_rows_by_token_ids() -> None:
    memory = NgramMemory(num_embeddings=500, embed_dim=16, ngram_size=3, heads_per_ngram=2, hc_mult=4).expand(SCOPE)
    row = next(part.parts for _, part in walk(memory) if isinstance(part, Sequence) and names(part.parts[0]) == {"ids"})
    assert [inputs(part) for part in row[:2]] == [0, 1]
    assert [leaf.part for leaf in leaves(row[1])] == ["embedding"]
    assert describe(memory).detail.endswith("added to each of 4 streams")


def test_layers_of_a_second_stack_are_numbered_on() -> None:
    made = plate(SPECS / "deepseek-v4-1-flash.yaml")
    (encoder, decoder) = (item for item in made.column.items if isinstance(item, Frame))
    assert (encoder.caption, decoder.caption) == (
        "Causal encoder: reads the whole prompt, 7.89B active",
        "Decoder: runs on the prompt's end; layer 20 caches K, V of all of it, 7.58B active",
    )
    assert isinstance(decoder.body, Chain)
    bar = decoder.body.items[0]
    assert isinstance(bar, Bar)
    assert bar.label.startswith("layer 20: ")
    titles = [inset.title for inset in made.insets]
    assert titles.count("Manifold-constrained hyper-connections (mHC)") == 1


def test_positions_are_added_to_what_queries_and_keys_are_made_of() -> None:
    for kind in (
        MultiHead(num_attention_heads=4, is_causal=False, position=AddedPosition()),
        CrossAttention(num_attention_heads=4, query_position=AddedPosition(), key_position=AddedPosition()),
    ):
        made = kind.expand(SCOPE)
        placed = {
            leaf.name
            for _, part in walk(made)
            if isinstance(part, Sequence) and any("position" in names(one) for one in part.parts[:1])
            for leaf in leaves(Sequence(part.parts[1:]))
        }
        assert {"q_proj", "k_proj"} <= placed
        assert "v_proj" not in placed


def test_positions_that_are_rotated_are_not_added_to_queries_of_an_encoder() -> None:
    with pytest.raises(KindError, match="rope is not added"):
        CrossAttention(num_attention_heads=4, query_position=Rope()).expand(SCOPE)
    with pytest.raises(KindError, match="these are values, too"):
        MultiHead(num_attention_heads=4, attention_k_eq_v=True, position=AddedPosition()).expand(SCOPE)


def test_object_queries_lead_to_the_attention_of_the_decoder_and_not_to_its_line() -> None:
    made = plate(SPECS / "detr-r50.yaml")
    assert [one.label for one in made.inputs] == ["Zeros"]
    goals = {
        tower.column.items[-1].label: len(tower.goals)
        for tower in made.towers
        if isinstance(tower.column.items[-1], Box)
    }
    assert goals["Object queries"] == 2
    assert sorted(len(tower.goals) for tower in made.towers) == [1, 2]
    chips = {chip.label for tower in made.towers for box in boxes(tower.column) for chip in box.chips}
    assert chips == {"+ Positions on Q, K"}


def test_what_leaves_an_encoder_between_its_layers_is_told_with_its_parameters() -> None:
    (panel,) = (inset for inset in plate(SPECS / "qwen3-vl-8b.yaml").insets if inset.title == "Vision encoder")
    said = [item.text for item in panel.items if isinstance(item, Words)]
    assert said[-1] == "Merger for text layer 0, 1, 2: 120M parameters together"
    assert "each through a merger of its own, are added after text layers 0 to 2" in said[-2]


def test_a_panel_names_the_lines_that_come_in() -> None:
    insets = {inset.title: inset for inset in plate(EXAMPLES / "mmdit.yaml").insets}
    said = [item.text for item in insets["Image or text FFN"].items if isinstance(item, Words)]
    assert said == ["comes in, from the left: 6 vectors and tokens"]


def test_what_reads_several_lines_is_opened_first() -> None:
    insets = {inset.title: inset for inset in plate(EXAMPLES / "evoformer.yaml").insets if inset.source}
    row = insets["MSA row attention"]
    assert row.priority == max(inset.priority or 0 for inset in insets.values())
    # Attention over columns is like that over triangles, which reads one line.
    assert not row.also
    assert row.priority > (insets["Triangle attention, end and 2 more"].priority or 0)


def test_a_caption_at_a_frame_counts_what_is_in_it() -> None:
    for name, caption in (
        ("detr-r50", "Encoder, 6 layers, 7.89M"),
        ("whisper-large-v3", "Audio encoder, 32 layers, 630M"),
    ):
        frames = [
            item.caption
            for tower in plate(SPECS / f"{name}.yaml").towers
            for item in tower.column.items
            if isinstance(item, Frame)
        ]
        assert frames == [caption]


def test_attention_residuals_have_a_panel_that_says_what_is_read() -> None:
    insets = {inset.title: inset for inset in plate(SPECS / "kimi-k3.yaml").insets}
    said = [item.text for item in insets["Attention residuals"].items if isinstance(item, Words)]
    assert said[0].startswith("a sublayer reads Σ softmax(w · norm(sum)) sum")
    assert "blocks of 12 layers" in [line.replace("\u00a0", " ") for line in said]
    assert "begins anew every 12 layers" in said[-1].replace("\u00a0", " ")
    assert "New block: the sum is stored, a new one begins at 0" in said


def test_streams_of_several_kinds_of_layers_have_one_panel_with_the_ports_of_all() -> None:
    (inset,) = (one for one in plate(SPECS / "inkling-2-small.yaml").insets if one.title == "Attention residuals")
    said = [item.text for item in inset.items if isinstance(item, Words)]
    assert said[2:4] == ["blocks of 6 layers", "3 means of sums: Q, K and V"]


def test_mixers_that_a_legend_calls_alike_are_drawn_alike() -> None:
    """Local layers of Inkling 2 Mini differ in where the norm of what comes in is, those of a loop and the others."""
    strip = plate(SPECS / "inkling-2-mini.yaml").strip
    assert strip is not None
    assert [entry.label for entry in strip.legend] == ["sliding", "global", "MoE"]
    assert len({cell.upper_variant for cell in strip.cells if cell.upper == "sliding"}) == 1
    assert strip.caption.startswith("24 layers = (5 sliding + 1 global) × 4")


def test_panels_of_one_title_say_which_column_they_are_of() -> None:
    titles = [inset.title for inset in plate(SPECS / "bart-large.yaml").insets]
    assert {"Decoder: multi-head attention", "Encoder: multi-head attention"} <= set(titles)
    assert len(set(titles)) == len(titles)
    assert "Cross-attention" in titles
    # One panel opens the equal networks of both columns, whatever the lengths of their lines.
    assert "GELU FFN (encoder, too)" in titles
    assert "ReLU FFN (encoder, too)" in [inset.title for inset in plate(SPECS / "detr-r50.yaml").insets]


def test_of_two_groups_of_layers_the_second_is_the_others() -> None:
    (frame,) = (item for item in plate(EXAMPLES / "mixture-of-depths.yaml").column.items if isinstance(item, Frame))
    assert isinstance(frame.body, Choice)
    assert frame.body.bands == ("in 12 of 24 layers, every 2nd", "in 12 of 24 layers")

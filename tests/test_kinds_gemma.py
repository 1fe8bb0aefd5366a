"""What Gemma 3n and 4 are made of: per-layer embeddings, alternating updates, experts beside a dense way, encoders."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.embeddings.per_layer_embedding import LayerScalar, PerLayerEmbeddings, PerLayerInput
from archdraw.kinds.feed_forward.dense_and_experts import DenseAndExperts
from archdraw.kinds.feed_forward.feed_forward import GEGLU
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.layers.primitives import Linear
from archdraw.kinds.mixers.attention import GroupedQuery
from archdraw.kinds.residuals.alternating_updates import AltUpDecoder, AltUpMerge, AltUpStreams
from archdraw.tree.blocks import Block, Leaf, Module, Residual, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves, walk
from archdraw.views.diagrams import opened
from samples import beside, template
from test_wiring import leaving

H = 64
SCOPE = Scope(hidden_size=H, vocab_size=100)
D = 16
"""Width of the encoders."""
HEADS = GroupedQuery(num_attention_heads=4, num_key_value_heads=2, head_dim=8)
ATTENTION = 2 * H * 32 + 2 * H * 16


def total(block: Block) -> int:
    return facts(block).total_parameters


def labels(block: Block) -> list[str]:
    return [describe(part).label for _, part in walk(block) if isinstance(part, Leaf | Module)]


def test_attention_within_an_image_changes_words_and_no_count() -> None:
    seeing = HEADS.model_copy(update={"use_bidirectional_attention": "vision"})
    assert facts(seeing.expand(SCOPE)) == facts(HEADS.expand(SCOPE))
    assert "bidirectional within an image" in describe(seeing.expand(SCOPE)).notes
    near = describe(seeing.model_copy(update={"sliding_window": 8}).expand(SCOPE)).notes
    assert "causal, window 8 tokens; bidirectional within an image" in near
    with pytest.raises(KindError, match="causal in text"):
        seeing.model_copy(update={"is_causal": False}).expand(SCOPE)


def test_per_layer_embeddings_are_counted_beside_the_spine() -> None:
    kind = PerLayerEmbeddings(num_hidden_layers=3, hidden_size_per_layer_input=8, vocab_size_per_layer_input=50)
    side = beside(kind, SCOPE)
    assert isinstance(side, Side)
    counted = facts(side)
    assert counted.total_parameters == 50 * 3 * 8 + H * 3 * 8 + 8
    assert counted.text_parameters == counted.total_parameters
    assert describe(side.body).detail == "Ids and embeddings → 3 layers × 8 features"
    assert describe(side.body).notes == ("table of 1.20k parameters: looked up, not multiplied",)
    own = kind.model_copy(update={"vocab_size_per_layer_input": None})
    assert own.expand(SCOPE) == kind.model_copy(update={"vocab_size_per_layer_input": 100}).expand(SCOPE)
    assert total(own.expand(SCOPE)) - counted.total_parameters == (100 - 50) * 3 * 8


def test_a_layer_takes_its_embedding_in() -> None:
    made = PerLayerInput(hidden_size_per_layer_input=8).expand(SCOPE)
    assert total(made) == 2 * H * 8 + H
    assert [leaf.inputs for leaf in leaves(made) if leaf.name == "per_layer_input"] == [0]


def test_a_layer_scalar_is_stored_and_not_counted() -> None:
    made = LayerScalar().expand(SCOPE)
    assert (total(made), made.weights[0].buffer) == (0, True)


def test_what_follows_the_sublayers_stands_at_the_end_of_the_layer() -> None:
    scalar = LayerScalar()
    layer = Decoder(attention=HEADS, feed_forward=GEGLU(intermediate_size=96), placement="sandwich", then=scalar)
    assert labels(layer.expand(SCOPE))[-1] == "× layer scalar"
    assert total(layer.expand(SCOPE)) == ATTENTION + 3 * H * 96 + 4 * H


BOTH = DenseAndExperts(
    dense=GEGLU(intermediate_size=32),
    num_experts=8,
    num_experts_per_tok=2,
    expert=GEGLU(intermediate_size=16),
)


def test_experts_beside_a_dense_feed_forward() -> None:
    counted = facts(BOTH.expand(SCOPE))
    expert, router = 3 * H * 16, 8 * H + H + 8
    assert counted.total_parameters == 3 * H * 32 + 8 * expert + router + 4 * H
    assert counted.total_parameters - counted.active_parameters == 6 * expert
    assert (counted.parts["router"], counted.parts["experts"]) == (router, 8 * expert)
    assert describe(BOTH.expand(SCOPE)).detail == "2 of 8 + 1 dense, expert width 16"


def test_a_block_that_begins_with_norms_gets_none_before_it() -> None:
    layer = Decoder(attention=HEADS, feed_forward=BOTH, placement="sandwich", norm=RMSNorm())
    assert facts(layer.expand(SCOPE)).parts["norm"] == 3 * H + 4 * H
    assert [label for label in labels(layer.expand(SCOPE)) if label.startswith("Pre-")] == ["Pre-attention RMSNorm"]
    plain = layer.model_copy(update={"placement": "pre"}).expand(SCOPE)
    assert facts(plain).parts["norm"] == H + 4 * H


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_experts_per_tok": 9}, "num_experts_per_tok 9 is more than num_experts 8"),
        ({"expert": Linear(features=8)}, "expert leaves 8 features where 64 came in"),
        ({"dense": Linear(features=8)}, "dense leaves 8 features where 64 came in"),
    ],
)
def test_experts_that_cannot_be(changes: dict[str, object], message: str) -> None:
    with pytest.raises(KindError, match=message):
        BOTH.model_copy(update=changes).expand(SCOPE)


ALTUP = AltUpDecoder(
    altup_num_inputs=4,
    laurel_rank=8,
    hidden_size_per_layer_input=8,
    attention=HEADS,
    feed_forward=GEGLU(intermediate_size=96, activation_sparsity=0.95),
)


def test_a_layer_of_alternating_updates() -> None:
    layer = ALTUP.expand(SCOPE)
    mixing = 4 * H + H + 16 * 4 + 4 * 4 + H
    laurel, given = 2 * 8 * H + H, 2 * 8 * H + H
    assert total(layer) == ATTENTION + 3 * H * 96 + 4 * H + mixing + laurel + given
    assert facts(layer).layers == 1
    assert isinstance(layer, Module)
    # The streams pass the layer, LAuReL has a residual of its own, and so have mixer, feed forward, and embedding.
    assert sum(isinstance(part, Residual) for _, part in walk(layer)) == 5
    assert "gate 96" in labels(layer)
    assert "top 5%, GELU" in labels(layer)
    assert [label for label in labels(layer) if "RMSNorm" in label] == [
        *("Pre-attention RMSNorm", "RMSNorm", "Post-attention RMSNorm"),
        *("Pre-FFN RMSNorm", "Post-FFN RMSNorm", "Post-PLE RMSNorm"),
    ]
    details = {leaf.name: describe(leaf).detail for leaf in leaves(layer)}
    assert details["altup_predict"] == "each of 4 streams + mixture of all"
    assert details["altup_correct"] == "update of stream 1 × 4 coefficients"


def test_a_layer_of_alternating_updates_without_an_embedding_of_its_own() -> None:
    without = ALTUP.model_copy(update={"hidden_size_per_layer_input": None, "times": 3}).expand(SCOPE)
    assert 3 * total(ALTUP.expand(SCOPE)) - total(without) == 3 * (2 * 8 * H + H)
    assert facts(without).layers == 3


def test_streams_begin_and_end_with_square_matrices() -> None:
    for kind in (AltUpStreams(altup_num_inputs=4), AltUpMerge(altup_num_inputs=4)):
        assert total(kind.expand(SCOPE)) == 3 * H * H


def test_gemma_vision() -> None:
    kind = template(
        "gemma_vision",
        hidden_size=D,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        patch_size=4,
        position_embedding_size=10,
        default_output_length=280,
    )
    layer = 4 * D * D + 2 * 4 + 4 * D + 3 * D * 24
    side = beside(kind, SCOPE)
    assert total(side) == 3 * 4 * 4 * D + 2 * 10 * D + 2 * layer + D * H
    assert facts(side).text_parameters == 0
    assert side.body.notes[0] == "up to 280 tokens per image"
    standard = kind.model_copy(update={"standardize": True, "use_clipped_linears": True})
    assert total(standard.expand(SCOPE)) == total(side)
    grouped = kind.model_copy(update={"num_key_value_heads": 2, "head_dim": 8}).expand(SCOPE)
    assert total(grouped) - total(side) == 2 * (2 * D * 32 + 2 * D * 16 - 4 * D * D + 2 * 4)
    with pytest.raises(KindError, match="3 heads do not divide 16 features"):
        kind.model_copy(update={"num_attention_heads": 3}).expand(SCOPE)


def test_pixels_and_samples_without_an_encoder() -> None:
    kind = template("gemma_patches", mm_embed_dim=32, mm_posemb_size=7, patch_size=2, pooling_kernel_size=3)
    patches = beside(kind, SCOPE)
    pixels = 3 * 6 * 6
    assert total(patches) == 2 * pixels + pixels * 32 + 32 + 2 * 32 + 7 * 2 * 32 + 2 * 32 + 32 * H
    assert patches.body.notes[0] == "one token per 6×6 px"
    assert total(template("gemma_waveform", audio_embed_dim=40).expand(SCOPE)) == 40 * H


def test_gemma_audio() -> None:
    kind = template(
        "gemma_audio",
        hidden_size=D,
        num_hidden_layers=2,
        num_attention_heads=4,
        subsampling_conv_channels=(8, 4),
        output_proj_dims=20,
    )
    start = 9 * 8 + 8 + 9 * 8 * 4 + 4 + 2 * 4 * D
    feed_forward = 2 * D * 4 * D + 2 * D
    attention = 5 * D * D + 4 + 2 * D
    convolution = 2 * D * D + D * D + 5 * D + 2 * D
    layer = 2 * feed_forward + attention + convolution + D
    side = beside(kind, SCOPE)
    assert total(side) == start + 2 * layer + D * 20 + 20 + 20 * H
    assert "× 0.5" in labels(side)
    assert "× 0.5" not in labels(kind.model_copy(update={"residual_weight": 1.0}).expand(SCOPE))
    with pytest.raises(KindError, match="5 heads do not divide 16 features"):
        kind.model_copy(update={"num_attention_heads": 5}).expand(SCOPE)


@pytest.mark.parametrize(
    "kind",
    [
        template(
            "gemma_vision",
            hidden_size=D,
            intermediate_size=24,
            num_hidden_layers=2,
            num_attention_heads=4,
            standardize=True,
        ),
        template("gemma_patches", mm_embed_dim=32, mm_posemb_size=7),
        template("gemma_audio", hidden_size=D, num_hidden_layers=2, num_attention_heads=4),
        template("gemma_waveform", audio_embed_dim=40),
        PerLayerEmbeddings(num_hidden_layers=3, hidden_size_per_layer_input=8),
        PerLayerInput(hidden_size_per_layer_input=8),
        BOTH,
        ALTUP,
    ],
    ids=lambda kind: kind.keyword,
)
def test_all_lines_join_and_every_module_opens(kind: Kind) -> None:
    made = kind.expand(SCOPE)
    assert leaving(made, 1) == 1
    for path, part in walk(made):
        if isinstance(part, Module):
            opened(part, path)

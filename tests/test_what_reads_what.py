"""Modules beside a model read what their code reads: streams, inner layers, tokens; pictures show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from described import describe

from archdraw.kinds.base import Scope
from archdraw.kinds.embeddings.dspark import DSpark
from archdraw.kinds.embeddings.multi_token_prediction import MultiTokenPrediction
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.residuals.hyper_connections import StreamHead
from archdraw.picture import Box, Chain, Frame, Tap
from archdraw.readers import read_config
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves, walk
from archdraw.views.columns import columns

SCOPE = Scope(hidden_size=32, vocab_size=100)
LAYER = Decoder(attention=MultiHead(num_attention_heads=4))
CONFIGS = Path(__file__).parent / "data" / "configs"
SPECS = Path(__file__).parent.parent / "specs"


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
        ("qwen3-8-flash-next-125b-a6b", ["MTP module", "RMSNorm per stream", "Pre mapping (H_pre)", "LM head"]),
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
            MultiTokenPrediction(layer=LAYER, stream_head=StreamHead(hc_mult=4, read=reading, hc_lowrank=8)).expand(SCOPE)
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

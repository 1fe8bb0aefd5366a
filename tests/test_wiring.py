"""Every box of every block gets the lines that it takes, and every word can be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

import pytest

import shipped
from archdraw.fonts import missing
from archdraw.kinds.base import Kind
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import OutputHead
from archdraw.kinds.feed_forward.feed_forward import GEGLU, GELU, ReLUSquared, SwiGLU
from archdraw.kinds.layers.norm import LayerNorm, RMSNorm
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead, MultiQuery
from archdraw.kinds.mixers.position import NoPosition, Rope
from archdraw.resources import specs_folder
from archdraw.scene import Line, Rect, groups_of
from archdraw.spec import expand, load_spec
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.description import describe
from archdraw.tree.edges import leading_to
from archdraw.tree.walks import inputs, leaves, outputs, walk
from samples import DELTA, EXPERTS, LATENT, SCOPE, VISION

SPECS = sorted((Path(__file__).parents[1] / "specs").glob("*.yaml"))


def leaving(block: Block, arriving: int) -> int:
    """How many lines leave ``block`` when ``arriving`` come in; fails where a box does not get the lines it takes."""
    match block:
        case Leaf():
            assert block.inputs == arriving, f"{block.name} takes {block.inputs} lines and gets {arriving}"
            return len(block.outputs)
        case Sequence(parts=parts):
            for part in parts:
                arriving = leaving(part, arriving)
            return arriving
        case Parallel(branches=branches, merge=merge):
            takes = [inputs(branch) for branch in branches]
            assert arriving in (1, sum(takes)), f"{arriving} lines cannot be dealt out to {takes}"
            if arriving == 1:
                takes = [min(1, take) for take in takes]
            left = [leaving(branch, take) for branch, take in zip(branches, takes, strict=True)]
            if merge == "separate":
                return sum(left)
            assert all(lines == 1 for lines in left), f"branches of {merge} leave {left} lines"
            return 1
        case Graph(nodes=nodes):
            for name, node in nodes:
                here = len(leading_to(block, name))
                if isinstance(node, Leaf):
                    assert here >= node.inputs, f"{name} takes {node.inputs} lines and gets {here}"
                else:
                    assert leaving(node, inputs(node)) == len(outputs(node))
            return len(block.outputs)
        case Residual(body=body) | Experts(body=body):
            assert leaving(body, 1) == arriving == 1
            return 1
        case Repeat(body=body):
            assert leaving(body, 1) == arriving == 1
            return 1
        case Module(body=body):
            return leaving(body, arriving)
        case Side(body=body):
            assert leaving(body, inputs(body)) == 1
            return arriving
        case _:
            assert_never(block)


VARIANTS: list[Kind] = [
    RMSNorm(),
    LayerNorm(bias=False),
    Embedding(),
    Embedding(max_position_embeddings=1024),
    OutputHead(final_logit_softcapping=30.0),
    MultiHead(num_attention_heads=16),
    MultiQuery(num_attention_heads=16, position=Rope()),
    GroupedQuery(num_attention_heads=16, num_key_value_heads=4, position=Rope(), qk_norm="rmsnorm_per_head"),
    GroupedQuery(num_attention_heads=16, num_key_value_heads=4, position=Rope(), qk_norm="l2norm_per_head"),
    GroupedQuery(num_attention_heads=16, num_key_value_heads=4, position=NoPosition(), attention_chunk_size=64),
    GroupedQuery(num_attention_heads=16, num_key_value_heads=4, output_gate=True),
    GroupedQuery(num_attention_heads=16, num_key_value_heads=4, output_gate=True, position=Rope(), sinks=True),
    LATENT,
    LATENT.model_copy(update={"q_lora_rank": None, "position": NoPosition()}),
    DELTA,
    SwiGLU(intermediate_size=4096, swiglu_limit=7.0, swiglu_alpha=1.702, swiglu_beta=1.0),
    GEGLU(intermediate_size=4096),
    GELU(intermediate_size=4096, mlp_bias=True),
    ReLUSquared(intermediate_size=4096),
    EXPERTS,
    EXPERTS.model_copy(update={"n_shared_experts": 1, "shared_expert_gate": True}),
    VISION,
    VISION.model_copy(update={"pixel_shuffle_ratio": 0.5, "class_token": True, "projector_hidden_sizes": (64, 64)}),
]


@pytest.mark.parametrize("kind", VARIANTS, ids=lambda kind: kind.keyword)
def test_every_box_gets_the_lines_that_it_takes(kind: Kind) -> None:
    block = kind.expand(SCOPE)
    assert leaving(block, 1) == 1
    assert len(outputs(block)) == 1


@pytest.mark.parametrize("path", SPECS, ids=[path.stem for path in SPECS])
def test_the_lines_of_every_spec_join(path: Path) -> None:
    model = shipped.model(path.stem).block
    assert leaving(model, inputs(model)) == len(outputs(model))


@pytest.mark.parametrize("path", SPECS, ids=[path.stem for path in SPECS])
def test_the_words_of_every_spec_can_be_drawn(path: Path) -> None:
    for where, block in walk(shipped.model(path.stem).block):
        if isinstance(block, Leaf | Module):
            words = describe(block)
            assert not missing("".join((words.full, words.tag, words.title, *words.notes))), where


def test_a_module_that_reads_layers_has_a_line_from_their_frame() -> None:
    scene = shipped.plate("deepseek-v4-1-flash")
    groups = {group.path: group for group in groups_of(scene.children) if group.path}
    box = next(shape for shape in groups["mtp"].children if isinstance(shape, Rect))
    frame = next(shape for shape in groups["decoder"].children if isinstance(shape, Rect))
    middle = box.x + box.width / 2
    arrows = [line for line in scene.shapes() if isinstance(line, Line) and line.points[-1] == (middle, box.bottom)]
    assert [line.points[0] for line in arrows] == [(middle, frame.y)]


def test_a_position_table_does_not_read_the_tokens() -> None:
    block = expand(load_spec(specs_folder() / "gpt-2-xl.yaml"))
    assert [leaf.inputs for leaf in leaves(block) if leaf.name.startswith("embed_")] == [1, 0]

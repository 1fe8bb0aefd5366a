"""The pictures of the real specs: no fault in any theme, and the structure that the model has."""

from __future__ import annotations

from pathlib import Path

import pytest

import archdraw
import shipped
from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.lint.legibility import contrasts
from archdraw.lint.survey import Survey
from archdraw.picture import (
    Box,
    Branches,
    Chain,
    Choice,
    Diagram,
    ExpertGrid,
    Frame,
    Graph,
    HeadGroups,
    Lanes,
    Masks,
    Plate,
    Rail,
    Share,
    Split,
    Tap,
    Words,
)
from archdraw.resources import specs_folder
from archdraw.spec import Spec
from archdraw.theme import theme_names
from archdraw.tree.blocks import Module
from archdraw.tree.walks import leaves
from archdraw.views import architecture
from archdraw.views.architecture import picture

INVENTED = Path(__file__).parent / "specs" / "invented.yaml"


def plate(name: str) -> Plate:
    model = shipped.model(name)
    return picture(model.spec, model.block)


def opened(drawn: Plate, title: str) -> Diagram:
    """The diagram in the inset with ``title``."""
    item = next(inset for inset in drawn.insets if inset.title == title).items[0]
    assert not isinstance(item, Words | Masks | Share | Split)
    return item


def labels(item: Diagram) -> list[str]:
    """The labels of ``item`` from the input up; alternatives in braces, a residual in brackets."""
    match item:
        case Box():
            return [item.label]
        case Chain(items=items):
            return [label for part in items for label in labels(part)]
        case Branches(items=items) | Graph(items=items):
            return [label for part in items for label in labels(part)]
        case Rail(body=body):
            return ["[", *labels(body), "]"]
        case Choice(options=options):
            return ["{", *(label for option in options for label in labels(option)), "}"]
        case Frame(body=body, times=times):
            return [times, *labels(body)]
        case Lanes(joints=joints):
            parts = [(*(f"<{port.label}>" for port in joint.ports), *labels(joint.body)) for joint in joints]
            return ["|", *(label for part in parts for label in part), "|"]
        case Tap(box=inner):
            return [f"({inner.label})"]
        case Lanes(plain=inner):
            return labels(inner)
        case _:
            return [f"{item.times} {item.label}"]


def chips(item: Diagram) -> list[str]:
    match item:
        case Box():
            return [chip.label for chip in item.chips]
        case Chain(items=items) | Branches(items=items) | Choice(options=items):
            return [label for part in items for label in chips(part)]
        case Rail(body=body) | Frame(body=body):
            return chips(body)
        case _:
            return []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_plate_has_a_fault(name: str) -> None:
    assert faults(shipped.plate(name)) == []


@pytest.mark.parametrize("theme", [theme for theme in theme_names() if theme != "light"])
@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_plate_has_a_fault_in_other_colors(name: str, theme: str) -> None:
    """Only contrasts can be wrong: all else is where it is in light, and no other rule is about colors."""
    scene = shipped.plate(name, theme)
    assert shipped.bare(scene) == shipped.bare(shipped.plate(name))
    assert list(contrasts(Survey(scene))) == []


@pytest.mark.parametrize("theme", theme_names())
def test_no_plate_of_invented_blocks_has_a_fault(theme: str) -> None:
    assert faults(archdraw.load(INVENTED).scene("plate", theme)) == []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_card_has_a_fault(name: str) -> None:
    assert faults(shipped.model(name).scene("card")) == []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_inset_stands_by_itself_without_a_fault(name: str) -> None:
    model = shipped.model(name)
    sources = [inset.source or inset.beside for inset in picture(model.spec, model.block).insets]
    # Of a closed model there is nothing to open.
    assert any(sources) or model.facts.unknown
    for source in filter(None, sources):
        assert faults(model.scene(f"inset:{source}")) == []


def test_all_views_and_themes_of_a_model_are_of_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    whole = architecture._picture

    def counted(spec: Spec, block: Module, **options: bool) -> Plate:
        made.append(spec.name)
        return whole(spec, block, **options)

    monkeypatch.setattr(architecture, "_picture", counted)
    first, other = (archdraw.load(specs_folder() / f"{name}.yaml") for name in ("jamba-v0-1", "gpt-2"))
    for model in (first, other, first):
        for theme in ("light", "dark"):
            model.scene("plate", theme)
            model.scene("card", theme)
    first.scene("strip")
    assert made == [first.name, other.name]
    picture(first.spec, first.block, towers=False)
    again = archdraw.load(specs_folder() / "gpt-2.yaml")
    assert again.scene() == other.scene()
    assert made == [first.name, other.name, first.name, other.name]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_a_strip_is_drawn_where_layers_differ_and_refused_where_not(name: str) -> None:
    model = shipped.model(name)
    if picture(model.spec, model.block).strip is None:
        with pytest.raises(ArchdrawError, match="all its layers are alike"):
            model.scene("strip")
    else:
        assert faults(model.scene("strip")) == []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_layer_has_its_cell(name: str) -> None:
    model = shipped.model(name)
    strip = picture(model.spec, model.block).strip
    if strip is not None:
        assert len(strip.cells) == model.facts.layers
        # A layer of some hybrids is either a mixer or a feed forward.
        assert all(cell.upper or cell.lower for cell in strip.cells)


def test_llama_3_is_pre_norm() -> None:
    assert labels(plate("llama-3-8b").column) == [
        "Token embedding",
        "32 ×",
        *("[", "RMSNorm", "Grouped-query attention", "]"),
        *("[", "RMSNorm", "SwiGLU FFN", "]"),
        *("Final RMSNorm", "LM head"),
    ]


def test_olmo_2_has_its_norms_after_the_sublayer_inside_the_residual() -> None:
    column = plate("olmo-2-7b").column
    assert labels(column)[2:-2] == [
        *("[", "Multi-head attention", "RMSNorm", "]"),
        *("[", "SwiGLU FFN", "RMSNorm", "]"),
    ]
    assert "QK-norm" in chips(column)


def test_gemma_3_has_four_norms_and_five_sliding_layers_to_one_global() -> None:
    drawn = plate("gemma-3-27b")
    told = labels(drawn.column)
    assert [label for label in told if "RMSNorm" in label] == [
        *("Pre-attention RMSNorm", "Post-attention RMSNorm", "Pre-FFN RMSNorm", "Post-FFN RMSNorm"),
        "Final RMSNorm",
    ]
    assert told[told.index("{") : told.index("}") + 1] == ["{", "Global attention", "Sliding-window attention", "}"]
    assert "(Vision encoder)" in told
    assert drawn.strip is not None
    order = "(5 sliding + 1 global) × 10 + 2 sliding"
    assert drawn.strip.caption == f"62 layers = {order}, each with GeGLU FFN"
    assert [chip for chip in chips(drawn.column) if chip.startswith("RoPE")] == ["RoPE, linear ×8", "RoPE"]


def test_llama_4_alternates_dense_and_sparse_layers() -> None:
    drawn = plate("llama-4-maverick")
    told = " ".join(labels(drawn.column))
    assert "{ Mixture of experts SwiGLU FFN }" in told
    assert "{ Global attention Chunked attention }" in told
    assert drawn.strip is not None
    assert [cell.lower for cell in drawn.strip.cells] == ["feed_forward", "experts"] * 24
    assert [cell.upper for cell in drawn.strip.cells] == ["sliding", "sliding", "sliding", "attention"] * 12


def test_gpt_oss_alternates_windows_and_has_sinks() -> None:
    drawn = plate("gpt-oss-20b")
    assert drawn.strip is not None
    assert [cell.upper for cell in drawn.strip.cells] == ["sliding", "attention"] * 12
    assert chips(drawn.column).count("sinks") == 2


def test_deepseek_v3_shows_its_dense_prefix_its_shared_expert_and_its_mtp_module() -> None:
    drawn = plate("deepseek-v3")
    told = labels(drawn.column)
    assert "3 × layers 0–2: multi-head latent attention, SwiGLU FFN, 7,168 → 18,432 → 7,168" in told
    assert "58 ×" in told
    assert "(MTP module)" in told
    experts = opened(drawn, "Mixture of experts")
    assert "Shared expert" in labels(experts)
    assert _figures(experts) == [ExpertGrid(256, 8)]


def test_qwen3_next_has_two_mixers_in_one_slot() -> None:
    drawn = plate("qwen3-next-80b-a3b")
    assert "{ Gated attention Gated DeltaNet }" in " ".join(labels(drawn.column))
    assert drawn.strip is not None
    assert drawn.strip.caption == "48 layers = (3 Gated DeltaNet + 1 gated attention) × 12, each with MoE"
    attention = opened(drawn, "Gated attention")
    assert _figures(attention) == [HeadGroups(16, 2)]


def test_gpt_2_adds_positions_to_tokens() -> None:
    assert labels(plate("gpt-2-xl").column)[:2] == ["Position embedding", "Token embedding"]


def test_windows_are_shown_where_layers_differ_in_reach() -> None:
    with_masks = {
        name for name in shipped.NAMES if any(isinstance(inset.items[0], Masks) for inset in plate(name).insets)
    }
    assert {"gemma-2-27b", "gemma-3-27b", "gpt-oss-20b", "llama-4-maverick"} <= with_masks
    for name in with_masks:
        block = shipped.model(name).block
        assert {leaf.heads.reach for leaf in leaves(block) if leaf.heads} != {None}, name


def test_an_unknown_view_or_inset_names_what_there_is() -> None:
    model = archdraw.load(specs_folder() / "llama-3-8b.yaml")
    with pytest.raises(ArchdrawError, match="did you mean plate"):
        model.scene("plat")
    with pytest.raises(ArchdrawError, match="layers/layer/self_attn"):
        model.scene("inset:nothing")


def _figures(item: Diagram) -> list[object]:
    match item:
        case Box(figure=figure):
            return [figure] if figure else []
        case Chain(items=items) | Branches(items=items):
            return [figure for part in items for figure in _figures(part)]
        case _:
            return []


@pytest.mark.parametrize(("view", "error"), [("inset:layers/layer/self_attn", KeyError), ("strip", ValueError)])
def test_faults_of_the_drawing_are_not_taken_for_names_that_are_not_there(
    view: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error("ours")

    monkeypatch.setattr("archdraw.layout.plate.plate._scene", broken)
    with pytest.raises(error, match="ours"):
        archdraw.load("gemma-3-27b").scene(view=view)


def test_a_panel_is_found_by_its_letter_or_reported() -> None:
    model = archdraw.load("llama-3-8b")
    assert model.scene(view="inset:A") != model.scene(view="inset:B")
    with pytest.raises(ArchdrawError, match="no expandable block named Z in Llama 3 8B"):
        model.scene(view="inset:Z")
    with pytest.raises(ArchdrawError, match="Llama 3 8B has no layer strip"):
        model.scene(view="strip")

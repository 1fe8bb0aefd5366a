"""``figure:`` in a spec: what is said of the picture alone, checked by name, obeyed by every view of one model."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import combinations, pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shipped
from archdraw import ArchdrawError, InputError, Model, compare, load
from archdraw.app.jobs import Job, Output, draw
from archdraw.cli import run
from archdraw.layout.diagram.measures import HIGHLIGHT
from archdraw.layout.plate.tracks import in_order
from archdraw.lint.faults import faults
from archdraw.picture import Box, Inset, Plate, Share, Words
from archdraw.remarks import Mark
from archdraw.scene import Group, Rect, Scene, Text
from archdraw.spec.figure import Figure
from archdraw.spec.presenting import page_of, pages
from archdraw.theme import contrast, load_theme, theme_names
from archdraw.tree.facts import facts
from archdraw.views.architecture import picture
from archdraw.views.boxes import DIAGRAMS, boxes, marked, ports, unnoted
from archdraw.views.drawn import paths_of_plate

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LAYER = "layers/layer"
TEXT = """
name: Small
developer: Nobody
hidden_size: 512
vocab_size: 1000
context_length: 2048
define:
  my_mlp: {swiglu: {intermediate_size: 2048}}
layers:
  - embedding
  - decoder: {times: 4, attention: {multi_head: {num_attention_heads: 8}}, feed_forward: my_mlp}
  - rmsnorm
  - output_head
"""
ALL = """
figure:
  title: Another name
  subtitle: one line of words
  profile: card
  open: [my_mlp]
  fold: [parameter breakdown]
  order: [self_attn]
  notes: {self_attn: new here, lm_head: not new}
  highlight: [self_attn, q_proj]
  roles: {lm_head: linear}
  colours: {mlp: "#aa3300"}
"""
EXPERTS = """
name: Experts
hidden_size: 512
vocab_size: 1000
layers:
  - embedding
  - decoder:
      times: 4
      attention: {multi_head: {num_attention_heads: 8}}
      feed_forward: {mixture_of_experts: {num_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 512}}
  - rmsnorm
  - output_head
"""


def made(figure: str = "", text: str = TEXT) -> Model:
    return Model.from_text(text + figure)


def figure(said: str, text: str = TEXT) -> Plate:
    """The plate of the small model with a figure that says this."""
    model = made(f"figure: {{{said}}}\n", text)
    return picture(model.spec, model.block)


def every_box(plate: Plate) -> Iterator[Box]:
    for inset in plate.insets:
        for item in inset.items:
            if isinstance(item, DIAGRAMS):
                yield from boxes(item)
    yield from boxes(plate.column)


def boxes_in(inset: Inset) -> list[Box]:
    return [one for item in inset.items if isinstance(item, DIAGRAMS) for one in boxes(item)]


def box(plate: Plate, path: str) -> Box:
    return next(one for one in every_box(plate) if one.path == path)


def titles(plate: Plate) -> list[str]:
    return [inset.title for inset in plate.insets]


def shapes(elements: tuple[object, ...]) -> Iterator[object]:
    for element in elements:
        if isinstance(element, Group):
            yield from shapes(element.children)
        else:
            yield element


def strong_borders(scene: Scene) -> list[Rect]:
    return [shape for shape in shapes(scene.children) if isinstance(shape, Rect) and shape.stroke_width == HIGHLIGHT]


def fills(scene: Scene) -> set[str]:
    rects = [shape for shape in shapes(scene.children) if isinstance(shape, Rect)]
    return {scene.colour(rect.fill) for rect in rects if rect.fill}


def new_faults(scene: Scene, without: Scene) -> set[str]:
    """What is wrong with ``scene`` that was not wrong with the picture ``without`` the figure."""
    return {fault.message for fault in faults(scene)} - {fault.message for fault in faults(without)}


def said(scene: Scene) -> set[str]:
    return {shape.phrase or shape.text for shape in shapes(scene.children) if isinstance(shape, Text)}


# No block, no number.


def test_no_block_and_no_number_is_another() -> None:
    plain, model = made(), made(ALL)
    assert model.block == plain.block
    assert facts(model.block) == facts(plain.block)
    assert repr(model) == repr(plain)
    with_it, without = (picture(one.spec, one.block) for one in (model, plain))
    assert paths_of_plate(with_it) == paths_of_plate(without)
    assert with_it.footer == without.footer
    assert with_it.strip == without.strip


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("view", [*pages(), "inset:self_attn"])
def test_every_page_obeys_and_has_no_fault(view: str, theme: str) -> None:
    model = Model.from_text((DOCS / "examples" / "annotated.yaml").read_text("utf-8"))
    if view == "strip":
        return
    scene = model.figure(highlight="self_attn").scene(view, theme)
    without = Model(model.spec.model_copy(update={"figure": None}), model.block)
    assert not new_faults(scene, without.scene(view, theme))
    if view.startswith("inset"):
        return
    assert "Convolve, then attend" in said(scene) or view == "thumb"
    assert scene.title == "Convolve, then attend architecture"
    if view not in ("thumb", "slide-4-3", "slide-half"):
        assert "a convolution over four tokens in front of every attention" in said(scene)
    if view == "panels":
        return  # What is highlighted, and has another color, is a box of the column, which does not stand there.
    if view not in ("thumb", "slide-half"):
        assert {scene.colour(rect.stroke or "") for rect in strong_borders(scene)} == {
            load_theme(theme).accent(_accent(model))
        }
    if view != "slide-half":  # which has no room for what is inside of layers, and says so
        assert "#FFD166" in fills(scene)


def _accent(model: Model) -> int:
    return picture(model.spec, model.block).accent


def test_the_example_of_the_page_is_a_figure() -> None:
    text = (DOCS / "spec.md").read_text("utf-8")
    (block,) = re.findall(r"^```yaml\n(figure:\n.*?)^```", text, re.M | re.S)
    model = Model.from_text((ROOT / "specs" / "deepseek-v3.yaml").read_text("utf-8") + block)
    assert model.spec.figure is not None
    assert model.spec.figure.model_fields_set == set(Figure.model_fields)
    for theme in theme_names():
        assert not faults(model.scene("plate", theme))
    section = text.partition("## Figure\n")[2].partition("\n## ")[0]
    assert all(f"{name}:" in section for name in Figure.model_fields)


# What each field does.


def test_the_name_and_the_line_below_it() -> None:
    plate = figure("title: Another, subtitle: in one line")
    assert (plate.name, plate.subtitle) == ("Another", ("in one line",))
    plain = figure("fold: []")
    assert plain.name == "Small"
    assert len(plain.subtitle) > 2


def test_a_panel_is_opened_that_the_program_would_not_open() -> None:
    text = TEXT + "insets: [self_attn]\n"
    assert [inset.source for inset in figure("", text).insets if inset.source] == [f"{LAYER}/self_attn"]
    for name in ("my_mlp", "mlp", "SwiGLU FFN", "swiglu", f"{LAYER}/mlp"):
        (inset,) = (one for one in figure(f"open: [{name}]", text).insets if one.source == f"{LAYER}/mlp")
        assert (inset.title, inset.optional, inset.priority) == ("SwiGLU FFN", False, None)


def test_a_panel_that_is_there_is_opened_once_and_left_out_last() -> None:
    plain, opened = figure(""), figure("open: [mlp]")
    assert titles(plain) == titles(opened)
    assert [one.priority is None for one in plain.insets if one.source == f"{LAYER}/mlp"] == [False]
    assert [one.priority for one in opened.insets if one.source == f"{LAYER}/mlp"] == [None]


def test_of_experts_the_panel_has_its_parts() -> None:
    text = EXPERTS + "insets: false\n"
    assert not [inset for inset in figure("", text).insets if inset.source or inset.beside]
    found = figure("open: [mlp]", text).insets[-1]
    assert found.source == f"{LAYER}/mlp"
    assert any(isinstance(item, Share) for item in found.items)
    found = figure("open: [mlp, experts]", text).insets[-1]
    assert (found.beside, found.title) == (f"{LAYER}/mlp/experts", "Expert: SwiGLU, width 512")


def test_what_is_folded_is_not_opened_nor_are_its_parts() -> None:
    plain = figure("", EXPERTS)
    assert {"Mixture of experts", "Multi-head attention"} <= set(titles(plain))
    folded = figure("fold: [mlp]", EXPERTS)
    assert not [inset for inset in folded.insets if f"{LAYER}/mlp" in f"{inset.source}{inset.beside}"]
    assert len(folded.insets) == len(plain.insets) - 1
    alone = figure("fold: [mlp], open: [experts]", EXPERTS)
    (part,) = (inset for inset in alone.insets if inset.title.startswith("Expert"))
    assert (part.source, part.beside) == ("", "")


def test_a_panel_that_opens_nothing_is_folded_by_its_title() -> None:
    assert "Parameter breakdown" in {title.partition(" (")[0] for title in titles(figure(""))}
    for name in ("parameter breakdown", "parameter"):
        folded = figure(f"fold: [{name}]")
        assert "Parameter breakdown" not in {title.partition(" (")[0] for title in titles(folded)}
        assert len(folded.insets) == len(figure("").insets) - 1


def test_of_a_panel_of_several_boxes_one_may_be_folded() -> None:
    model = shipped.model("gemma-3n-e2b") if "gemma-3n-e2b" in shipped.NAMES else shipped.model("gemma-4-e2b")
    joined = next(inset for inset in picture(model.spec, model.block).insets if inset.also)
    first, *rest = joined.source, *joined.also
    folded = model.figure(fold=first)
    (left,) = (inset for inset in picture(folded.spec, folded.block).insets if inset.title == joined.title)
    assert (left.source, *left.also) == tuple(rest)
    none = model.figure(fold=[first, *rest])
    assert joined.title not in titles(picture(none.spec, none.block))


def test_a_part_of_a_folded_panel_goes_with_it() -> None:
    model = next(one for one in map(shipped.model, shipped.NAMES) if _parts(one))
    part = _parts(model)[0]
    owner = next(one for one in _panels(model) if one.source and part.beside.startswith(f"{one.source}/"))
    assert not _parts(model.figure(fold=[owner.source, *owner.also]))
    (alone,) = (one for one in _panels(model.figure(fold=owner.source, open=part.beside)) if one.title == part.title)
    assert (alone.source, alone.beside) == ("", "")


def _panels(model: Model) -> tuple[Inset, ...]:
    return picture(model.spec, model.block).insets


def _parts(model: Model) -> list[Inset]:
    return [inset for inset in _panels(model) if inset.beside]


def test_of_a_draft_module_the_copies_are_not_meant() -> None:
    text = (ROOT / "specs" / "btl-3-27b.yaml").read_text("utf-8") + "insets: false\n"
    opened = _panels(Model.from_text(text).figure(open="mlp"))
    assert {inset.source for inset in opened if inset.source}
    assert not any(one.path.startswith(("visual", "mtp")) for inset in opened for one in boxes_in(inset))
    model = shipped.model("deepseek-v3")
    draft = next(inset for inset in _panels(model.figure(open="mtp")) if inset.source == "mtp")
    # It is not counted with the model, and has no share in what is active of it.
    assert not any(isinstance(item, Share) for item in draft.items)


def test_what_is_drawn_as_what_is_in_it_is_not_opened() -> None:
    with pytest.raises(InputError, match="layer is drawn as what is in it"):
        figure("open: [layer]")


def test_panels_come_first_in_the_order_that_is_said() -> None:
    assert titles(figure(""))[:2] == ["SwiGLU FFN", "Multi-head attention"]
    ordered = figure("order: [parameter breakdown, self_attn]").insets
    assert [inset.title.partition(" (")[0] for inset in ordered][:2] == ["Parameter breakdown", "Multi-head attention"]
    assert [(inset.first, inset.optional, inset.priority) for inset in ordered][:2] == [(True, False, None)] * 2
    assert not ordered[2].first


def letters(scene: Scene, found: tuple[Inset, ...]) -> list[str]:
    """The titles of panels by their letters, which stand in the scene before the titles."""
    texts = [shape for shape in shapes(scene.children) if isinstance(shape, Text)]
    names = {inset.title for inset in found if inset.source}
    pairs = [(one.text, two.phrase or two.text) for one, two in pairwise(texts)]
    return [title for _, title in sorted({(one, two) for one, two in pairs if two in names and len(one) == 1})]


@pytest.mark.parametrize("order", list(permutations(("mlp", "self_attn", "mtp"), 3)), ids=" ".join)
def test_letters_follow_the_order_and_no_line_crosses_another(order: tuple[str, ...]) -> None:
    model = shipped.model("deepseek-v3").figure(open="mtp", order=order)
    called = {
        "mlp": "Mixture of experts",
        "self_attn": "Multi-head latent attention",
        "mtp": "Multi-token prediction (MTP)",
    }
    for view in ("plate", "page"):
        scene = model.scene(view)
        assert not faults(scene)
        shown = letters(scene, picture(model.spec, model.block).insets)
        assert shown == [called[name] for name in order if called[name] in shown]
        assert len(shown) == 3 or view == "page"


@pytest.mark.parametrize("view", ["slide", "column", "page"])
def test_what_stands_first_is_on_a_page_with_one_panel(view: str) -> None:
    for name, title in (("self_attn", "Multi-head latent attention"), ("mlp", "Mixture of experts")):
        scene = shipped.model("deepseek-v3").figure(order=name).scene(view)
        assert not faults(scene)
        assert title not in scene.left_out


def test_lines_of_a_slide_do_not_cross_either() -> None:
    scene = shipped.model("bert-base").figure(order=["self_attn", "mlp"]).scene("slide")
    assert not {"Multi-head attention", "GELU FFN"} & {*scene.left_out}
    assert not faults(scene)


def test_a_panel_by_itself_obeys_whether_or_not_it_is_on_the_plate() -> None:
    model = made("insets: false\n").figure(highlight="lm_head")
    folded = made().figure(fold="self_attn", highlight="q_proj", notes={"self_attn": "new here"})
    assert not strong_borders(model.scene("inset:self_attn"))
    assert strong_borders(folded.scene("inset:self_attn"))


def test_a_note_stands_in_its_panel_else_in_the_box() -> None:
    plate = figure("notes: {self_attn: new here, lm_head: not new, norm: odd}")
    (panel,) = (inset for inset in plate.insets if inset.source == f"{LAYER}/self_attn")
    assert panel.items[1] == Words("new here", strong=True)
    assert "new here" not in box(plate, f"{LAYER}/self_attn").detail
    assert box(plate, "lm_head").detail.endswith("; not new")
    assert box(plate, "norm").detail == "odd"
    folded = figure("fold: [self_attn], notes: {self_attn: new here}")
    assert box(folded, f"{LAYER}/self_attn").detail.endswith("; new here")


def test_a_note_is_no_size_that_a_page_does_without() -> None:
    scene = made().figure(fold="self_attn", notes={"self_attn": "new here"}).scene("slide")
    assert "new here" in said(scene)


def test_a_page_without_room_says_that_it_has_no_notes() -> None:
    words = "words that are far too long for a box on a small page " * 8
    model = made().figure(notes=dict.fromkeys(("embed_tokens", "norm", "lm_head"), words), fold=["self_attn", "mlp"])
    scene = model.scene("slide")
    assert not any(words.split()[0] in text for text in said(scene))
    assert any("notes" in text and "not shown" in text for text in said(scene))
    assert not faults(scene)
    assert unnoted(Box("a", "A", "1; new", mark=Mark("new"))) == Box("a", "A", "1")
    assert unnoted(Box("a", "A", "new", mark=Mark("new"))) == Box("a", "A", "")
    assert unnoted(Box("a", "A", "new")) == Box("a", "A", "new")


def test_a_strong_border_does_not_touch_the_norm_on_the_box() -> None:
    scene = made().figure(highlight=["mlp"]).scene("slide")
    (strong,) = strong_borders(scene)
    rects = [shape for shape in shapes(scene.children) if isinstance(shape, Rect) and shape.kind == "box"]
    near = [rect.y - strong.bottom for rect in rects if rect.x == strong.x and rect.y >= strong.bottom]
    assert min(near) > HIGHLIGHT


def test_several_in_one_box_stand_out_where_one_does() -> None:
    plain, strong = Box("a", "A"), Box("b", "B", mark=Mark(highlight=True))
    assert marked(plain, [plain, strong]).mark.highlight
    assert not marked(plain, [plain]).mark.highlight


@given(st.lists(st.integers(0, 9), max_size=8))
def test_the_most_lines_that_keep_their_order_are_drawn(heights: list[int]) -> None:
    kept = in_order(heights)
    assert kept == sorted(kept)
    assert [heights[index] for index in kept] == sorted(heights[index] for index in kept)
    longest = max(
        len(some) for n in range(len(heights) + 1) for some in combinations(heights, n) if [*some] == sorted(some)
    )
    assert len(kept) == longest


def test_boxes_that_stand_out_in_the_panel_and_on_the_spine() -> None:
    plate = figure("highlight: [self_attn, q_proj]")
    marked = {one.path for one in every_box(plate) if one.mark.highlight}
    assert marked == {f"{LAYER}/self_attn", f"{LAYER}/self_attn/q_proj"}
    assert len(strong_borders(made().figure(highlight=["self_attn", "q_proj"]).scene())) == 2


def test_what_is_in_a_folded_block_needs_no_box() -> None:
    plate = figure("fold: [self_attn], highlight: [q_proj, lm_head]")
    assert {one.path for one in every_box(plate) if one.mark.highlight} == {"lm_head"}


def test_ports_on_lanes_stand_out_too() -> None:
    model = shipped.model("deepseek-v4-flash")
    port = next(ports(picture(model.spec, model.block).column))
    marked = model.figure(highlight=port.path)
    shown = picture(marked.spec, marked.block)
    assert {one.path for one in every_box(shown) if one.mark.highlight} == {port.path}
    assert strong_borders(marked.scene())
    with pytest.raises(ArchdrawError, match="has no room for words"):
        model.figure(notes={port.path: "too long"})


def test_colours_of_a_role_and_of_its_own() -> None:
    plate = figure('roles: {lm_head: linear, mlp: norm}, colours: {mlp: "#aa3300"}')
    assert (box(plate, "lm_head").mark.colour, box(plate, "lm_head").role) == ("linear", "embedding")
    assert (box(plate, f"{LAYER}/mlp").mark.colour, box(plate, f"{LAYER}/mlp").role) == ("#AA3300", "feed_forward")
    scene = made().figure(roles={"lm_head": "linear"}, colours={"mlp": "#AA3300"}).scene()
    assert {load_theme("light").paint("linear").fill, "#AA3300"} <= fills(scene)


@given(st.integers(0, 0xFFFFFF), st.sampled_from(theme_names()))
def test_any_colour_can_be_read_in_every_theme(number: int, name: str) -> None:
    theme, colour = load_theme(name), f"#{number:06X}"
    paint = theme.paint(colour)
    assert paint.fill == colour
    assert contrast(paint.text, colour) >= 4.5
    grounds = (theme.page, theme.container, theme.band, *map(theme.tint, theme.accents))
    assert min(contrast(paint.border, ground) for ground in grounds) >= 3


@pytest.mark.parametrize("colour", ["#000000", "#FFFFFF", "#777777", "#FFEE00", "#0000FF", "#1A1D21"])
@pytest.mark.parametrize("theme", theme_names())
def test_pictures_with_such_boxes_have_no_fault(colour: str, theme: str) -> None:
    model = made().figure(colours=dict.fromkeys(("mlp", "lm_head", "q_proj"), colour), highlight=["mlp"])
    for view in ("plate", "card", "slide", "thumb"):
        assert not new_faults(model.scene(view, theme), made().scene(view, theme))


# What is wrong.


WRONG = """figure:
  profile: slid
  open: [mpl, q_proj, self_attn]
  fold: [mpl, self_attn]
  order: [lm_head, lm_haed]
  notes: {sefl_attn: x}
  highlight: [Gate projection, up_proj]
  roles: {lm_haed: linear}
  colours: {rpoe: "#AA3300"}
insets: false
"""
SAID = """\
<text>:15:12: error: no page is called slid
   15 |   profile: slid
      |            ^^^^
  hint: did you mean slide or slide-4-3?
<text>:16:10: error: nothing that could be opened is called mpl
   16 |   open: [mpl, q_proj, self_attn]
      |          ^^^
  hint: did you mean mlp?
<text>:16:15: error: q_proj has no more inside than its box says
   16 |   open: [mpl, q_proj, self_attn]
      |               ^^^^^^
<text>:16:23: error: self_attn is to be opened and to be folded
   16 |   open: [mpl, q_proj, self_attn]
      |                       ^^^^^^^^^
  hint: say one of them
<text>:17:10: error: nothing in the picture is called mpl
   17 |   fold: [mpl, self_attn]
      |          ^^^
  hint: did you mean mlp?
<text>:18:11: error: lm_head has no panel
   18 |   order: [lm_head, lm_haed]
      |           ^^^^^^^
<text>:18:20: error: nothing in the picture is called lm_haed
   18 |   order: [lm_head, lm_haed]
      |                    ^^^^^^^
  hint: did you mean lm_head or LM head?
<text>:19:11: error: nothing in the picture is called sefl_attn
   19 |   notes: {sefl_attn: x}
      |           ^^^^^^^^^
  hint: did you mean self_attn?
<text>:20:15: error: nothing in the picture is called Gate projection
   20 |   highlight: [Gate projection, up_proj]
      |               ^^^^^^^^^^^^^^^
  hint: did you mean Output projection or gate_proj?
<text>:20:32: error: up_proj has no box of its own in the picture
   20 |   highlight: [Gate projection, up_proj]
      |                                ^^^^^^^
  hint: open: [mlp] shows what is in it
<text>:21:11: error: nothing in the picture is called lm_haed
   21 |   roles: {lm_haed: linear}
      |           ^^^^^^^
  hint: did you mean lm_head or LM head?
<text>:22:13: error: nothing in the picture is called rpoe
   22 |   colours: {rpoe: "#AA3300"}
      |             ^^^^
"""


def test_everything_that_is_wrong_is_said_at_its_place_at_once() -> None:
    with pytest.raises(InputError) as caught:
        picture((model := made(WRONG)).spec, model.block)
    assert str(caught.value) == SAID.strip()


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("colour: {}", "figure has no field colour", "did you mean colours?"),
        ("roles: {mlp: liner}", 'mlp must be plain, .* or unknown, not "liner"', "did you mean linear or plain?"),
        ("colours: {mlp: red}", 'mlp must be a colour in the form "#AA3300", not "red"', ""),
        ("colours: {mlp: null}", 'mlp must be a colour; write it in quotes, "#AA3300": a bare # begins a comment', ""),
        ("open: mlp", 'open must be a list, not "mlp"', ""),
        ("title: [a, b]", "title must be a text, not a list", ""),
        (f"title: {'x' * 81}", "title must be a text of at most 80 characters, not .*", ""),
    ],
)
def test_what_a_figure_does_not_take_is_an_error_of_the_spec(said: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        made(f"figure: {{{said}}}\n")
    (problem,) = caught.value.problems
    assert re.fullmatch(message, problem.message)
    assert problem.hint == hint


# From Python.


def test_what_is_said_in_python_comes_on_top() -> None:
    own = made(ALL)
    found = own.figure(title="Third", fold=("my_mlp",), highlight="lm_head", notes={"lm_head": "new"}, order=["memory"])
    figure = found.spec.figure
    assert figure is not None
    assert (figure.title, figure.subtitle) == ("Third", "one line of words")
    assert (figure.open, figure.fold) == ((), ("parameter breakdown", "my_mlp"))
    assert figure.highlight == ("self_attn", "q_proj", "lm_head")
    assert figure.order == ("memory", "self_attn")
    assert figure.notes == {"self_attn": "new here", "lm_head": "new"}
    assert figure.colours == {"mlp": "#AA3300"}
    assert own.spec.figure != figure
    assert (found.slug, found.block) == (own.slug, own.block)


def test_without_a_word_nothing_is_another() -> None:
    assert made().figure().scene() == made().scene()
    assert made(ALL).figure().scene("card") == made(ALL).scene("card")


def test_names_that_are_not_in_the_text_are_errors_without_a_place() -> None:
    with pytest.raises(ArchdrawError) as caught:
        made().figure(open=["mpl"], highlight="nope", profile="slid")
    assert not isinstance(caught.value, InputError)
    assert str(caught.value).splitlines() == [
        "open: nothing that could be opened is called mpl; did you mean mlp?",
        "highlight: nothing in the picture is called nope",
        "profile: no page is called slid; did you mean slide or slide-4-3?",
    ]
    with pytest.raises(ArchdrawError) as caught:
        made().figure(colours={"mlp": "red"}, roles={"mlp": "liner"}, title="x" * 81)  # type: ignore[dict-item]
    assert len(str(caught.value).splitlines()) == 3


def test_a_model_of_a_config_has_a_figure_too() -> None:
    model = load(ROOT / "tests" / "data" / "configs" / "llama-3-8b.json").figure(title="Mine", highlight="self_attn")
    assert model.reading is not None
    assert "Mine" in said(model.scene())


# On the command line.


def png_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(TEXT + ALL.replace("card", "slide"), "utf-8")
    return file


def test_a_page_of_its_own_is_drawn_where_none_is_asked_for(spec: Path, tmp_path: Path) -> None:
    for arguments, size in (((), (1920, 1080)), (("--dpi", 96), (1280, 720)), (("--scale", 2), (1632, 918))):
        assert run(["render", str(spec), "-o", str(tmp_path / "made.png"), *map(str, arguments)]) == 0
        assert png_size((tmp_path / "made.png").read_bytes()) == size
    plate = load(spec).scene("plate")
    assert run(["render", str(spec), "-o", str(tmp_path / "made.png"), "--view", "plate"]) == 0
    assert png_size((tmp_path / "made.png").read_bytes()) == (plate.width, plate.height)
    assert load(spec).scene("") == load(spec).scene("slide")
    assert load(spec).scene() == plate
    assert page_of(made().spec) == "plate"


def test_options_come_on_top(spec: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    options = ("--title", "Third", "--subtitle", "x", "--fold", "self_attn", "--highlight", "norm", "--open", "mlp")
    command = ["render", str(spec), "--view", "plate", "--no-metadata", *options]
    assert run([*command, "-o", str(tmp_path / "made.svg")]) == 0
    wanted = load(spec).figure(title="Third", subtitle="x", fold="self_attn", highlight="norm", open="mlp")
    assert (tmp_path / "made.svg").read_text("utf-8") == wanted.svg()
    capfdbinary.readouterr()
    assert run([*command, "-o", "-"]) == 0
    assert capfdbinary.readouterr().out.decode() == wanted.svg()


def test_a_name_that_nothing_has_is_no_traceback(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", str(spec), "-o", str(tmp_path / "made.svg"), "--open", "mpl"]) == 1
    wanted = f"{spec}: error: open: nothing that could be opened is called mpl; did you mean mlp?\n"
    assert capsys.readouterr().err == wanted
    assert not (tmp_path / "made.svg").exists()


def test_files_of_one_job_are_of_one_figure(spec: Path) -> None:
    said = (("title", "Third"),)
    outputs = [Output(Path(f"a.{name}"), name, view="", figure=said, dpi=None) for name in ("svg", "png")]
    (svg, png) = draw(Job(spec, tuple(outputs))).made
    assert svg.title == png.title == "Third architecture"
    assert png_size(png.data) == (1920, 1080)


# Several models.


def test_pictures_of_several_models_have_the_title_only() -> None:
    text = TEXT.replace("times: 4", "times: 5")
    scene = compare(made(ALL), Model.from_text(text)).scene()
    assert {"Another name", "Small"} <= said(scene)
    assert "one line of words" not in said(scene)
    assert not strong_borders(scene)
    assert "#AA3300" not in fills(scene)

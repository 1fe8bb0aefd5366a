"""Lineage: parents, what changed, and a picture in which nothing of it is lost or in the way."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest

import archdraw
import shipped
from archdraw.analysis.descent import Descent, Member, descent, family_of, member_of
from archdraw.analysis.traits import changes, traits
from archdraw.app.pictures import Picture, subject
from archdraw.app.pictures import picture as drawn
from archdraw.cli import run
from archdraw.layout.lineage import chart
from archdraw.layout.lineage.lanes import Chart, Link, Placed
from archdraw.layout.lineage.line_labels import Label
from archdraw.layout.lineage.lines import Line
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.resources import specs_folder
from archdraw.scene import Group, Rect, Scene, Text, groups_of
from archdraw.spec import expand, parse_spec
from archdraw.theme import theme_names
from archdraw.views.several._lineage_folds import folded
from archdraw.views.several.lineage import on_a_page, picture


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """All models that come with archdraw, by slug."""
    return {name: shipped.model(name) for name in shipped.NAMES}


@pytest.fixture(scope="module")
def every(models: dict[str, Model]) -> Picture:
    """The picture of all models in which each has a box."""
    return drawn("lineage", [subject(model) for model in models.values()], details=True)


@pytest.fixture(scope="module")
def short(models: dict[str, Model]) -> Picture:
    """The picture of all models on a page that is read."""
    return drawn("lineage", [subject(model) for model in models.values()])


@cache
def scene_of(every: Picture, theme: str = "light") -> Scene:
    """The scene of a picture of all models: its lines take their time."""
    return every.scene(theme)


@cache
def laid_of(found: Picture) -> tuple[Placed, tuple[Line, ...], tuple[Label, ...]]:
    """What stands where in a picture."""
    return chart.laid(picture(found.value))


def members(models: dict[str, Model]) -> list[Member]:
    subjects = [subject(model) for model in models.values()]
    return [member_of(one.slug, one.spec, one.block, one.released, one.link) for one in subjects]


def of(models: dict[str, Model], **options: object) -> Picture:
    return drawn("lineage", [subject(model) for model in models.values()], **options)


def groups(scene: Scene) -> dict[str, Group]:
    return {child.path: child for child in groups_of(scene.children) if child.path}


def texts(scene: Scene) -> str:
    """Every text in one line, so that a wrapped one is found."""
    return " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text)).replace("\u00a0", " ")


def words_of(group: Group) -> str:
    return " ".join(child.text for child in group.children if isinstance(child, Text)).replace("\u00a0", " ")


SMALL = """
name: {name}
developer: {developer}
{more}
context_length: 4096
hidden_size: 64
vocab_size: 1000
layers:
  - embedding
  - decoder:
      times: {times}
      attention: {{{attention}}}
      feed_forward: {{swiglu: {{intermediate_size: 128}}}}
  - rmsnorm
  - output_head
"""
WHOLE = "multi_head: {num_attention_heads: 8, position: rope}"
GROUPED = "grouped_query: {num_attention_heads: 8, num_key_value_heads: 2, position: rope}"


def small(name: str, more: str = "", developer: str = "A", times: int = 2, attention: str = WHOLE) -> Model:
    text = SMALL.format(name=name, developer=developer, more=more, times=times, attention=attention)
    spec = parse_spec(text)
    return Model(spec, expand(spec), slug=name.lower())


# The whole picture


@pytest.mark.parametrize("theme", theme_names())
def test_the_page_of_all_models_is_no_strip_and_has_no_fault(short: Picture, theme: str) -> None:
    scene = scene_of(short, theme)
    assert faults(scene) == []
    assert scene.height <= 1.5 * scene.width
    smallest = min(shape.size for shape in scene.shapes() if isinstance(shape, Text))
    # As wide as a screen its smallest text has 10 px.
    assert smallest * 1920 / scene.width >= 10


def test_every_model_has_a_box_or_is_named_in_the_list(short: Picture, models: dict[str, Model]) -> None:
    page = on_a_page(short.value)
    boxed = {card.path for lane in page.lanes for card in lane.cards}
    listed = {entry.path for entry in page.listed if entry.path}
    counting = [entry for entry in page.listed if not entry.path]
    counted = {name for entry in counting for name in entry.text.split(", ")}
    assert not boxed & listed
    assert {models[slug].name for slug in boxed | listed} | counted == {model.name for model in models.values()}
    assert len(boxed) + len(listed) + len(counted) == len(models)
    for entry in counting:
        name, number = entry.name.rsplit(" +", 1)
        box = next(card for lane in page.lanes for card in lane.cards if card.name == entry.name)
        assert len(entry.text.split(", ")) == int(number)
        assert box.title.endswith(f"with {entry.text}")
        assert name in {model.name for model in models.values()}
    alone = {one.child for one in short.value.relations if one.inside} | {one.parent for one in short.value.relations}
    assert {slug for slug in models if slug not in alone} <= listed
    assert any(f"{len(models) - len(boxed)} models stand in the list" in part for part in page.footer)


def test_no_relation_of_what_is_listed_is_lost(short: Picture, models: dict[str, Model]) -> None:
    page = on_a_page(short.value)
    for entry in page.listed:
        for relation in short.value.relations:
            if entry.path and relation.child == entry.path:
                assert relation.name in entry.text
    boxed = {card.path for lane in page.lanes for card in lane.cards}
    assert {(link.parent, link.child) for link in page.links} == {
        (one.parent, one.child) for one in short.value.relations if one.inside and one.child in boxed
    }


def test_equal_children_are_counted_first_and_the_last_of_a_line_keeps_its_box(models: dict[str, Model]) -> None:
    found = descent(members(models))
    names = {level: {model.slug for model in folded(found, level).models} for level in (1, 2, 3)}
    assert names[3] < names[2] < names[1] < {*models}
    # A size of Llama 3 is counted; what came after it is not.
    under = {slug: {one.slug for one in own} for slug, own in folded(found, 1).under.items()}
    for slug, own in under.items():
        for child in own:
            chain = [one for one in found.relations if one.child == child]
            assert len(chain) == 1
            assert not any(change.sign for change in chain[0].changes)
            assert models[child].spec.developer == models[slug].spec.developer
    last: dict[str, list[str]] = {}
    for one in found.relations:
        if one.inside and models[one.child].spec.developer == models[one.parent].spec.developer:
            last.setdefault(one.parent, []).append(one.child)
    for parent, children in last.items():
        signed = [one for one in children if one in names[1]]
        if parent in names[2] and signed:
            assert names[2] & {*signed}, parent


def test_a_family_has_all_its_boxes(models: dict[str, Model]) -> None:
    for family in ("Llama", "Qwen", "Gemma"):
        found = descent(members(models), families=[family])
        assert on_a_page(found) == picture(found)


@pytest.mark.parametrize("theme", theme_names())
def test_the_lineage_of_all_models_has_no_fault(every: Picture, theme: str) -> None:
    assert faults(scene_of(every, theme)) == []


def test_every_model_is_there_with_its_day_its_facts_and_its_link(every: Picture, models: dict[str, Model]) -> None:
    scene = scene_of(every)
    found = groups(scene)
    assert found.keys() == models.keys()
    for slug, model in models.items():
        assert model.name.replace(" ", "") in words_of(found[slug]).replace(" ", "")
        assert found[slug].title.startswith(f"{model.name}, {model.spec.developer}, {model.spec.released}")
        assert found[slug].href in model.spec.links.values()


def test_a_later_model_begins_farther_right(every: Picture, models: dict[str, Model]) -> None:
    scene = scene_of(every)
    lefts = {
        slug: next(child.x for child in group.children if isinstance(child, Rect))
        for slug, group in groups(scene).items()
    }
    days = {slug: subject(model).released for slug, model in models.items()}
    for one, other in pairwise(sorted(models, key=lambda slug: (days[slug], slug))):
        if days[one] == days[other]:
            assert lefts[one] == lefts[other]
        else:
            assert lefts[one] < lefts[other], (one, other)


def laid(found: Picture) -> tuple[Chart, set[tuple[str, str]]]:
    """The chart of a picture, and the pairs that a line joins."""
    _, lines, _ = laid_of(found)
    return picture(found.value), {(line.link.parent, line.link.child) for line in lines}


def test_no_relation_is_dropped(every: Picture, models: dict[str, Model]) -> None:
    """Each is a line, or words in the child's box; one from another developer has its words always."""
    value, drawn_lines = laid(every)
    found = groups(scene_of(every))
    for link in value.links:
        told = link.note in words_of(found[link.child])
        assert told or ((link.parent, link.child) in drawn_lines and not link.dashed), link.note
    number = sum(len(model.spec.parents) for model in models.values())
    assert len(value.links) == number
    # Most find a way: words alone are for those that would have to cross another or go too far.
    assert len(drawn_lines) > 0.7 * number


def test_lines_leave_their_parent_and_reach_their_child(every: Picture) -> None:
    placed, lines, _ = laid_of(every)
    for line in lines:
        target = placed.boxes[line.link.child]
        x, y = line.way.points[-1]
        assert (x == target.left and target.top < y < target.bottom) or (
            y in (target.top, target.bottom) and target.left < x < target.right
        )
        if line.way.branch is None:
            source = placed.boxes[line.link.parent]
            x, y = line.way.points[0]
            assert source.left < x <= source.right
            assert source.top <= y <= source.bottom
        for start, end in pairwise(line.way.points):
            assert (start[0] == end[0]) != (start[1] == end[1])


def test_a_branch_leaves_a_line_of_its_own_parent(every: Picture) -> None:
    _, lines, _ = laid_of(every)
    branches = [line for line in lines if line.way.branch]
    assert branches
    for line in branches:
        x, y = line.way.branch or (0.0, 0.0)
        trunks = [other for other in lines if other.link.parent == line.link.parent and other is not line]
        assert any(
            min(a[0], b[0]) <= x <= max(a[0], b[0]) and min(a[1], b[1]) <= y <= max(a[1], b[1])
            for trunk in trunks
            for a, b in pairwise(trunk.way.points)
        )


def test_cards_of_a_row_keep_apart(every: Picture) -> None:
    placed, _, _ = laid_of(every)
    boxes = [(box.left, box.top, box.right, box.bottom) for box in placed.boxes.values()]
    for one, other in combinations(boxes, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def test_many_lanes_share_bands_where_each_box_says_its_developer(every: Picture, models: dict[str, Model]) -> None:
    placed, _, _ = laid_of(every)
    assert len(placed.bands) < 20
    found = groups(scene_of(every))
    for band in placed.bands:
        for path in (path for row in band.rows for path in row):
            developer = models[path].spec.developer or ""
            if band.accent is None:
                assert developer.startswith(words_of(found[path]).split(models[path].name)[-1].strip()[:3])
            else:
                assert developer.startswith(band.name)


def test_the_picture_can_be_heard(every: Picture, models: dict[str, Model]) -> None:
    told = scene_of(every).description
    assert told.startswith(f"{len(models)} models by release date. U-Net by University of Freiburg, 2015-05-18. ")
    assert "Kimi K2 by Moonshot AI, 2025-07-10, from DeepSeek V3 (influence). " in told


def test_what_is_not_published_is_dashed_and_not_counted(every: Picture) -> None:
    scene = scene_of(every)
    frame = next(child for child in groups(scene)["step-5-preview"].children if isinstance(child, Rect))
    assert frame.dash
    assert "nothing is counted for unpublished models" in texts(scene)
    data = every.data()
    relation = next(one for one in data["relations"] if one["child"] == "step-5-preview")
    assert (relation["changes"], relation["taken"]) == ([], [])


def test_each_year_has_a_scale_of_its_own_only_where_it_must(every: Picture, models: dict[str, Model]) -> None:
    assert "time axis not to scale" in texts(scene_of(every))
    assert "not to scale" not in texts(of(models, family=("Gemma",)).scene())


# What is shown


def test_the_relatives_of_one_model(models: dict[str, Model]) -> None:
    found = of(models, of="kimi-linear-48b-a3b")
    slugs = [model.slug for model in found.value.models]
    assert {"deepseek-v2", "deepseek-v3", "kimi-k2", "qwen3-next-80b-a3b"} <= set(slugs)  # ancestors
    assert {"kimi-k3", "ember-1", "solar-open-2", "ling-3-0-flash", "glm-5-3-flash"} <= set(slugs)  # descendants
    assert {"deepseek-v3-2", "kimi-k2-5"}.isdisjoint(slugs)  # cousins
    scene = found.scene()
    assert scene.title == "Model lineage of Kimi Linear 48B-A3B"
    assert faults(scene) == []
    frames = {
        path: next(child for child in group.children if isinstance(child, Rect))
        for path, group in groups(scene).items()
    }
    assert max(frames, key=lambda path: frames[path].stroke_width) == "kimi-linear-48b-a3b"
    assert of(models, of="Kimi Linear 48B-A3B").data() == found.data()


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("family", ["Gemma", "Alibaba Cloud", "llama", "DeepSeek"])
def test_one_family_has_no_fault(models: dict[str, Model], family: str, theme: str) -> None:
    scene = of(models, family=(family,)).scene(theme)
    assert scene.title.casefold() == f"Model lineage: {family}".casefold()
    assert faults(scene) == []


def test_a_family_says_where_it_came_from(models: dict[str, Model]) -> None:
    scene = of(models, family=("Llama",)).scene()
    found = groups(scene)
    assert "from GPT-3 175B from PaLM 540B" in words_of(found["llama-1-7b"])
    assert "palm-540b" not in found
    assert found.keys() == {slug for slug in models if slug.startswith("llama-")}


def test_families_add_up_and_years_cut_off(models: dict[str, Model]) -> None:
    both = of(models, family=("kimi", "Gemma"), from_=2026).value
    assert {model.family for model in both.models} == {"Kimi", "Gemma"}
    assert min(model.released for model in both.models) >= "2026"
    assert faults(of(models, family=("kimi", "Gemma"), from_=2026).scene()) == []


@pytest.mark.parametrize("options", [{"by": "family"}, {"from_": 2026}, {"of": "llama-1-7b"}])
def test_other_choices_have_no_fault(models: dict[str, Model], options: dict[str, object]) -> None:
    assert faults(of(models, **options).scene()) == []


def test_a_lane_for_each_family(models: dict[str, Model]) -> None:
    found = of(models, by="family", family=("Alibaba Cloud", "Meta", "OpenAI"))
    assert {lane.name for lane in picture(found.value).lanes} >= {"Qwen", "Llama", "GPT"}
    assert next(lane for lane in picture(found.value).lanes if lane.name == "Llama").cards[0].path == "llama-1-7b"


def test_developers_of_one_house_share_a_lane(models: dict[str, Model]) -> None:
    lanes = {model.slug: model.lane for model in of(models).value.models}
    assert (lanes["opt-66b"], lanes["recurrentgemma-2b"]) == ("Meta", "Google")


# What changed


def test_what_changed_is_counted() -> None:
    old, new = small("Old"), small("New", times=3, attention=GROUPED)
    told = [str(one) for one in changes(traits(old.spec, old.block), traits(new.spec, new.block))]
    assert told == ["+\u00a0GQA 8/2 heads", "−\u00a0MHA", "3 layers"]
    assert changes(traits(old.spec, old.block), traits(old.spec, old.block)) == ()


@pytest.mark.parametrize(
    ("parent", "child", "told"),
    [
        ("deepseek-v3", "deepseek-v3-2", "+ DSA lightning indexer"),
        ("olmo-2-7b", "olmo-3-7b", "+ sliding window 4,096, + YaRN, vocabulary 100,278, context 65,536"),
        ("llama-2-7b", "llama-3-8b", "+ GQA 32/8 heads, − MHA, vocabulary 128,256, context 8,192"),
        ("gpt-1", "gpt-2", "+ pre-norm, vocabulary 50,257, context 1,024"),
        ("mistral-7b", "mixtral-8x7b", "+ MoE 2 of 8, − SWA"),
        ("deepseek-v3", "deepseek-r1", ""),
    ],
)
def test_what_changed_in_models(models: dict[str, Model], parent: str, child: str, told: str) -> None:
    old, new = models[parent], models[child]
    found = changes(traits(old.spec, old.block), traits(new.spec, new.block))
    assert ", ".join(map(str, found)).replace("\u00a0", " ") == told


def test_signs_turn_with_the_order(models: dict[str, Model]) -> None:
    """What one has more than the other, the other has less."""
    turned = {"+": "−", "−": "+"}
    made = [traits(models[slug].spec, models[slug].block) for slug in ("deepseek-v3", "kimi-k2", "llama-3-8b")]
    for one, other in combinations(made, 2):
        ahead = {(change.sign, change.words.split(" ")[0]) for change in changes(one, other) if change.sign}
        back = {(turned[change.sign], change.words.split(" ")[0]) for change in changes(other, one) if change.sign}
        assert ahead == back


def test_what_was_taken_over_stands_on_the_line(models: dict[str, Model]) -> None:
    chosen = {slug: models[slug] for slug in ("deepseek-v3", "kimi-k2")}
    _, _, labels = chart.laid(picture(of(chosen).value))
    assert [label.text for label in labels] == ["MLA, MoE, shared expert"]
    assert labels[0].text in [shape.text for shape in of(chosen).scene().shapes() if isinstance(shape, Text)]
    relation = next(one for one in of(chosen).data()["relations"] if one["child"] == "kimi-k2")
    assert relation["taken"][0] == "multi-head latent attention"
    assert relation["words"][0] == "384 experts instead of 256"
    assert {"sign": None, "words": "8 of 384 experts"} in relation["changes"]


def test_the_words_of_the_author_come_first(models: dict[str, Model]) -> None:
    found = of(models, family=("Meta",))
    card = next(card for lane in picture(found.value).lanes for card in lane.cards if card.path == "llama-3-8b")
    assert card.words[0] == ("+\u00a0GQA 32/8 heads",)  # what the author calls grouped-query attention, with its sign
    assert card.words[1] == ("vocabulary 4 times as large", "vocabulary 128,256")


# Models of one's own


def test_models_without_a_day_stand_at_the_left() -> None:
    dated = small("Dated", "released: 2024-05-01\nparents: [{model: undated, changes: [more]}]")
    found = of({"undated": small("Undated"), "dated": dated})
    scene = found.scene()
    assert faults(scene) == []
    assert "no release date" in texts(scene)
    left = {path: group.children[0].x for path, group in groups(scene).items() if isinstance(group.children[0], Rect)}
    assert left["undated"] < left["dated"]
    assert faults(of({"undated": small("Undated")}).scene()) == []


def test_an_unknown_parent_is_named_by_its_slug() -> None:
    child = small("Child", "released: 2024-05\nparents: [{model: nobody-knows, changes: [everything]}]")
    scene = of({"child": child}).scene()
    assert "from nobody-knows everything" in words_of(groups(scene)["child"])
    assert faults(scene) == []


def test_long_names_and_words_keep_their_letters() -> None:
    word = "Incomprehensibilities" * 2
    more = f"released: 2024-05-01\nparents: [{{model: p, changes: [{'unbreakable' * 8}]}}]"
    scene = of({"long": small(word, more, developer="Developer of " + "Letters" * 6)}).scene()
    assert faults(scene) == []
    assert word in texts(scene).replace(" ", "")


def test_families(models: dict[str, Model]) -> None:
    told = {slug: family_of(model.spec) for slug, model in models.items()}
    assert (told["qwen3-5-397b"], told["llama-3-8b"], told["t5-11b"]) == ("Qwen", "Llama", "T5")
    assert family_of(small("Old", "family: Young").spec) == "Young"


def test_the_same_bytes_again(models: dict[str, Model]) -> None:
    first = of(models, family=("Google",)).svg()
    chart.laid.cache_clear()
    assert of(models, family=("Google",)).svg() == first


# The command and the function


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["lineage", "llama-2-7b", "mistral-7b", "-o", "x.svg", "--theme", "dark", "--link", "{slug}.svg"]) == 0
    text = Path("x.svg").read_text("utf-8")
    assert 'href="mistral-7b.svg"' in text
    assert re.search(r"<title[^>]*>Model lineage</title>", text)
    capsys.readouterr()
    assert run(["lineage", "llama-2-7b", "mistral-7b", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [model["slug"] for model in data["models"]] == ["llama-2-7b", "mistral-7b"]
    assert [(one["parent"], one["child"], one["shown"]) for one in data["relations"]] == [
        ("llama-1-7b", "llama-2-7b", False),
        ("llama-2-7b", "mistral-7b", True),
    ]
    # Of a parent that is not in the picture the change is counted as well.
    assert data["relations"][0]["changes"] == [{"sign": None, "words": "context 4,096"}]


def test_the_function_stays_a_function() -> None:
    """No module of the package has its name, or it would be gone once that is imported."""
    for _ in range(2):
        assert archdraw.lineage("llama-2-7b", family="Llama").data()["models"][0]["slug"] == "llama-2-7b"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--of", "mistral-7"], "no model is named 'mistral-7'; did you mean mistral-7b?"),
        (["--of", "x"], "no model is named 'x'"),
        (["--family", "Lama"], "no family or developer is named 'Lama'; did you mean Llama?"),
        (["--family", "#"], "no family or developer is named '#'"),
        (["--from", "2031"], "no model from 2031 on; the last of 2 was released in 2023"),
        (
            ["--of", "llama-2-7b", "--from", "2024"],
            "no model of llama-2-7b, from 2024 on; the last of 2 was released in 2023",
        ),
    ],
)
def test_mistakes(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lineage", "llama-2-7b", "mistral-7b", *arguments]) == 1
    assert capsys.readouterr().err == f"archdraw: error: {told}\n"


def test_nothing_is_left_of_nothing() -> None:
    with pytest.raises(archdraw.ArchdrawError, match=r"^there are no models$"):
        descent([])


def test_the_value_is_plain(models: dict[str, Model]) -> None:
    value = of({slug: models[slug] for slug in ("gpt-1", "gpt-2")}).value
    assert isinstance(value, Descent)
    assert picture(value) == picture(value)
    assert hash(picture(value)) == hash(picture(value))


def test_links_are_told_in_full() -> None:
    parent = small("Parent", "released: 2024-01-01")
    more = "released: 2024-05-01\nparents: [{model: parent, relation: influence, changes: [calm], source: page 3}]"
    found = of({"parent": parent, "child": small("Child", more, developer="B", attention=GROUPED)})
    (link,) = picture(found.value).links
    assert isinstance(link, Link)
    assert link.dashed
    assert link.title == (
        "Child from Parent, influence: calm; computed: + GQA 8/2 heads, − MHA; "
        "shared: SwiGLU, RoPE, pre-norm; source: page 3"
    )


def test_two_models_of_one_slug_are_not_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / folder / "ok.yaml" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text((specs_folder() / "gpt-2.yaml").read_text("utf-8"), "utf-8")
    assert run(["lineage", *map(str, files), "--json"]) == 1
    assert "two models are called ok; lineage identifies models by their file's name" in capsys.readouterr().err


def test_a_family_of_the_name_of_a_developer_is_no_lane_of_that(models: dict[str, Model]) -> None:
    old, new = small("Mixtral", "family: Mixtral", "Mistral"), small("Mistral", "family: Mistral", "Mistral")
    child = small("Child", "family: Child\nparents: [{model: mixtral}]", "Other")
    found = drawn("lineage", [subject(model) for model in (old, new, child)], by="family").value
    assert {model.slug: model.lane for model in found.models} == {
        "child": "Child",
        "mistral": "Mistral",
        "mixtral": "Mixtral",
    }
    assert [relation.lane for relation in found.relations] == ["Mixtral"]

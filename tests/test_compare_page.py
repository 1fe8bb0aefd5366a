"""The page that compares models: what it says of any pair is what ``archdraw compare`` finds; from a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import archdraw
from archdraw.analysis.difference import AT_CONTEXT, difference
from archdraw.analysis.difference.changes import BLOCK, WIRING, Change
from archdraw.analysis.difference.features import ONLY_BOTH
from archdraw.analysis.difference.models import plain, stacks
from archdraw.analysis.difference.places import boxes_in
from archdraw.analysis.difference.rows import TWINS
from archdraw.cli import run
from archdraw.model import Model
from archdraw.resources import specs_folder
from archdraw.site.building import STATIC
from archdraw.site.comparing import CONTEXTS, comparable, written
from archdraw.tree.blocks import Side
from live import opened, violations
from test_cli import SPEC

ONE_IN = 11
"""Of the shipped specs every so-manieth is compared with every other of these."""
STRICT = frozenset({"model", "layers", "layer", "token mixer", "feed-forward"})
"""Sorts of blocks of which the page says all that the command does."""
MODELS = ("deepseek-v3", "kimi-k2", "qwen3-next-80b-a3b", "u-net", "step-5-preview")

Said = set[tuple[str, str, str]]
"""Rows: the sort of their blocks, what differs, and the sign."""


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """Some of the shipped models, those with one stack of layers."""
    every = sorted(file.stem for file in specs_folder().glob("*.yaml"))[::ONE_IN]
    loaded = {slug: archdraw.load(slug) for slug in every}
    return {
        slug: model
        for slug, model in loaded.items()
        if not model.facts.unknown and len([*stacks(plain(model.block).body)]) == 1
    }


@pytest.fixture(scope="module")
def script(chromium: Browser) -> Iterator[Page]:
    """A page with the script that finds differences, and nothing else."""
    page = chromium.new_page()
    page.add_script_tag(path=STATIC / "differences.js")
    yield page
    page.close()


def rows(script: Page, *comparisons: tuple[Model, ...]) -> list[list[dict[str, Any]]]:
    """What the page says of each of ``comparisons``: its rows, without the slots that they are of."""
    models = {model.name: model for one in comparisons for model in one}
    records = {name: json.loads(json.dumps(comparable(model))) for name, model in models.items()}
    found = script.evaluate(
        """([records, comparisons, twins, both]) => comparisons.map((names) =>
            differences(names.map((name) => records[name]), twins, both).rows.map(({ slot, ...row }) => row))""",
        [records, [[model.name for model in one] for one in comparisons], TWINS, sorted(ONLY_BOTH)],
    )
    return list(found)


def changes(one: Model, other: Model) -> Said:
    """What the command says, but for how blocks are joined and what is in modules beside the layers."""
    sides = [
        [f"{path}/" for path, box in boxes_in(plain(model.block).body, "") if isinstance(box, Side)]
        for model in (one, other)
    ]

    def is_beside(change: Change) -> bool:
        inside = [
            [f"{path}/".startswith(tuple(own)) for path in paths if path]
            for own, paths in zip(sides, change.paths, strict=True)
        ]
        return not change.sort.endswith(" module") and any(map(any, inside)) and all(map(all, inside))

    found = difference(one.block, other.block).changes
    # What is kept at a context is in a table of its own there.
    elsewhere = (WIRING, AT_CONTEXT)
    return {(one.sort, one.what, one.sign) for one in found if one.what not in elsewhere and not is_beside(one)}


def said(found: list[dict[str, Any]]) -> Said:
    return {(row["sort"], row["what"], row["signs"][0]) for row in found}


def test_every_pair_has_the_rows_that_the_command_finds(script: Page, models: dict[str, Model]) -> None:
    pairs = [*combinations(models.values(), 2)]
    assert len(pairs) > 100
    missing = more = total = 0
    for (one, other), own in zip(pairs, rows(script, *pairs), strict=True):
        wanted, found = changes(one, other), said(own)
        assert not {row for row in wanted - found if row[0] in STRICT}, (one.name, other.name)
        missing, more, total = missing + len(wanted - found), more + len(found - wanted), total + len(wanted)
    # Boxes that are neither layers nor in them are aligned by their likeness there, by their names here.
    assert missing < total / 100, f"{missing} of {total} changes are not on the page"
    assert more < total / 100, f"{more} rows of the page are none of {total} changes"


def test_nothing_is_added_that_the_other_has(script: Page, models: dict[str, Model]) -> None:
    for own in rows(script, *combinations(models.values(), 2)):
        for row in own:
            before, after = row["values"]
            assert row["signs"] == [("changed" if after else "removed") if before else "added"], row


def test_a_model_does_not_differ_from_itself_and_the_way_back_has_the_signs_turned(
    script: Page, models: dict[str, Model]
) -> None:
    turned = {"changed": "changed", "added": "removed", "removed": "added"}
    first, second, *_ = models.values()
    itself, there, back = rows(script, (first, first), (first, second), (second, first))
    assert itself == []
    assert said(there) == {(sort, what, turned[sign]) for sort, what, sign in said(back)} != set()


@pytest.mark.parametrize(
    ("slugs", "attention", "linear"),
    [
        (("llama-3-8b", "qwen3-next-80b-a3b", "mamba2-2-7b"), ["changed", "removed"], ["added", "changed"]),
        # No role in common: one mixer is in place of the other, and none came or went.
        (("llama-3-8b", "mamba2-2-7b", "qwen3-next-80b-a3b"), ["changed", "added"], ["changed", "changed"]),
    ],
)
def test_of_three_models_each_is_compared_with_the_one_before(
    script: Page, slugs: tuple[str, ...], attention: list[str], linear: list[str]
) -> None:
    (own,) = rows(script, tuple(map(archdraw.load, slugs)))
    found = {(row["sort"], row["what"], row["title"]): row["signs"] for row in own if "title" in row}
    assert found["token mixer", BLOCK, "attention"] == attention
    assert found["token mixer", BLOCK, "linear mixer"] == linear


def test_memory_is_that_of_the_facts() -> None:
    model = archdraw.load("deepseek-v3")
    assert comparable(model)["memory"][CONTEXTS.index(131_072)] == "8.58 GiB"
    assert model.facts.kv_cache_bytes(131_072) == round(8.578125 * 1024**3)


def test_a_record_does_not_end_its_script_early(tmp_path: Path) -> None:
    spec = tmp_path / "bad.yaml"
    spec.write_text(SPEC.replace("Tiny", "'</script><b>\u2028'"), "utf-8")
    text = written(archdraw.load(spec)).decode()
    assert "</script" not in text
    assert "\u2028" not in text


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


LINK = "compare.html#models=deepseek-v3,kimi-k2"


def test_a_shared_link_shows_the_comparison(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, LINK) as page:
        page.wait_for_selector("#compared:visible")
        assert page.locator("#towers h3").all_inner_texts() == ["DeepSeek V3", "Kimi K2"]
        row = page.locator("#rows tr", has_text="Routed experts")
        assert row.locator("td").all_inner_texts() == ["256", "~384"]
        assert page.locator(".floor", has_text="Output module").locator(".sign.removed").count() == 1
        # What is equal has no sign and no color.
        assert page.locator(".floor", has_text="Dense FFN").locator(".box.equal").count() == 2
        assert page.locator("#maps rect").count() == 2 * 2 * 61
        assert page.locator("#memory tr", has_text="128K").locator("td").all_inner_texts() == ["8.58 GiB", "8.58 GiB"]


def test_three_are_chosen_on_the_page_by_keyboard(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "compare.html") as page:
        assert "two models" in page.inner_text("#said")
        page.focus("#model-1")
        for name in ("Kimi K2", "deepseek v3", "Qwen3-Next 80B-A3B"):
            page.keyboard.type(name)
            page.keyboard.press("Tab")
        page.wait_for_selector("#towers.of-3")
        assert page.url.endswith("#models=kimi-k2,deepseek-v3,qwen3-next-80b-a3b")
        page.uncheck("#kinds label:has-text('Settings') input")
        assert page.locator("#rows tr", has_text="Vocabulary").is_hidden()
        assert page.locator("#rows tr", has_text="Layer order").is_visible()
        page.reload()
        page.wait_for_selector("#towers.of-3")
        assert page.locator("#rows tr", has_text="Vocabulary").is_hidden()


def test_what_cannot_be_compared_is_said(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "compare.html#models=u-net,__proto__,step-5-preview") as page:
        page.wait_for_selector("#said:not(:empty)")
        note = page.inner_text("#said")
        assert "No model here is called __proto__." in note
        assert "The structure of Step-5 Preview is not disclosed" in note
        assert page.locator("#compared").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(chromium: Browser, site: Path, scheme: str, width: int) -> None:
    with opened(chromium, site, LINK, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        page.wait_for_selector("#compared:visible")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

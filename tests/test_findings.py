"""The page of findings: each sentence is computed, each picture is what its command draws."""

from __future__ import annotations

import re
import shlex
from html import unescape
from pathlib import Path
from statistics import median

import pytest

import archdraw
from archdraw.cli import run
from archdraw.glossary.numbers import data_size, share

MODELS = ("gpt-2", "llama-3-8b", "mixtral-8x7b", "deepseek-v3", "qwen3-next-80b-a3b", "qwen3-30b-a3b")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return (folder / "findings.html").read_text("utf-8")


def test_medians_are_those_of_the_facts(page: str) -> None:
    models = [archdraw.load(name) for name in MODELS]
    sparse = [one for one in models if one.facts.active_parameters < one.facts.total_parameters]
    for year in ("2023", "2024", "2025"):
        own = [one.facts for one in sparse if str(one.spec.released).startswith(year)]
        middle = median(one.active_parameters / one.total_parameters for one in own)
        assert f"{year} {share(middle, 1)} ({len(own)})" in page


def test_caches_are_compared_where_the_context_is_long_enough(page: str) -> None:
    long = [one for name in MODELS if ((one := archdraw.load(name)).spec.context_length or 0) >= 131072]
    assert 0 < len(long) < len(MODELS)
    assert f"those of the {len(long)} models whose context is as long" in page
    own = [one.facts.kv_cache_bytes(131072) for one in long if str(one.spec.released).startswith("2025")]
    assert f"2025 {data_size(median(own))} ({len(own)})" in page


def test_each_picture_has_the_command_that_draws_it(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sections = page.split("<section")[1:]
    commands = [unescape(found[1]) for one in sections if (found := re.search(r"<code>(.*?)</code>", one))]
    assert len(commands) == len(sections) == 6
    for section, command in zip(sections, commands, strict=True):
        words = shlex.split(command)
        assert words[0] == "archdraw"
        if "--json" in words:
            continue
        assert run([words[1], *MODELS, *words[2:]]) == 0
        drawn = Path(words[-1]).read_text("utf-8")

        def labels(svg: str) -> set[str]:
            return set(re.findall(r"<title[^>]*>([^<]*)</title>", svg))

        # The page has a heading of its own, the file its own title.
        assert labels(section) - labels(drawn) == set()
        assert len(labels(section)) > 3


def test_the_deepest_and_the_widest(page: str) -> None:
    ratios = sorted(((one.spec.hidden_size or 0) / one.facts.layers, one.name) for one in map(archdraw.load, MODELS))
    assert f"The deepest for its width is {ratios[0][1]}:" in page
    assert f"The widest for its depth is {ratios[-1][1]}:" in page


def test_first_and_newest_of_a_concept(page: str) -> None:
    row = next(one for one in page.split("<tr>") if ">mixture of experts</a></th>" in one)
    assert re.findall(r'href="([^"]+)"', row) == [
        "concept-mixture-of-experts.html",
        "mixtral-8x7b.html",
        "qwen3-next-80b-a3b.html",
    ]
    assert '<td class="count">4</td>' in row


def test_a_gallery_with_nothing_to_find_has_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["gallery", "u-net", "--no-cache"]) == 0
    text = Path("out/findings.html").read_text("utf-8")
    assert "<section" not in text
    assert "U-Net" not in text

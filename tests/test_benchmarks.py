"""The benchmark measures what it says: costs of processes, turns, tables; what is not there is said."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import pytest

import archdraw
from archdraw.layout.diagram.ranks import binaries
from archdraw.tree.blocks import Module
from benchmarks import cold, made, measure, tables
from benchmarks.measure import Cost
from benchmarks.programs import CHECKOUT, PAGE, Setting, machine

SECTIONS = ("cold", "warm", "gallery", "several", "memory", "growth", "watch")


def test_a_process_is_charged_for_what_it_and_its_children_do(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.2: pass"
    idle = measure.run([sys.executable, "-c", "pass"], tmp_path)
    busy = measure.run([sys.executable, "-c", burn], tmp_path)
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert idle.cpu < 0.2 <= busy.cpu
    assert measure.run([sys.executable, "-c", child], tmp_path).cpu >= 0.2
    assert busy.wall >= 0.2


def test_the_peak_of_a_process_is_its_own(tmp_path: Path) -> None:
    """Not that of the process that measures, which holds a lot."""
    held = bytearray(200_000_000)
    small = measure.run([sys.executable, "-c", "pass"], tmp_path).memory
    large = measure.run([sys.executable, "-c", "bytearray(100_000_000).count(1)"], tmp_path).memory
    assert len(held) > 100_000_000 > small
    assert 100_000_000 <= large - small + 20_000_000 <= 140_000_000


def test_a_command_that_fails_is_no_fast_command(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)ended with 3:.*out of paper"):
        measure.run([sys.executable, "-c", "import sys; print('out of paper', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_candidates_come_in_turns_and_the_first_round_is_not_counted() -> None:
    order: list[str] = []
    numbers = count(100, -1)

    def candidate(name: str) -> Cost:
        order.append(name)
        number = next(numbers)
        return Cost(number, 2 * number, 3 * number)

    costs = measure.in_turns({"a": lambda: candidate("a"), "b": lambda: candidate("b")}, 3)
    assert order == ["a", "b"] * 4
    # a: 100, 98, 96, 94 and the median of the last three.
    assert costs == {"a": Cost(96, 192, 288), "b": Cost(95, 190, 285)}


def test_tables_for_the_terminal_and_the_page() -> None:
    table = tables.Table("Cold", ("command", "CPU ms"), [("help", "12.3"), ("a picture", "1,234")], ["Medians of 9."])
    assert tables.plain(table) == "Cold\ncommand    CPU ms\nhelp         12.3\na picture   1,234\nMedians of 9."
    assert tables.markdown(table) == (
        "### Cold\n\n| command | CPU ms |\n| --- | ---: |\n| help | 12.3 |\n| a picture | 1,234 |\n\nMedians of 9."
    )
    assert [tables.milliseconds(seconds) for seconds in (0.00123, 0.0123, 0.123, 1.23)] == [
        "1.23", "12.3", "123", "1,230",
    ]  # fmt: skip


def test_a_section_of_the_page_is_made_again_and_the_rest_stays() -> None:
    page = "# Speed\n<!-- cold -->\nold\n<!-- end of cold -->\n<!-- warm -->\n<!-- end of warm -->\nEnd\n"
    made_again = tables.renewed(page, "cold", ["one", r"two \1"])
    assert made_again == page.replace("\nold\n", "\n\none\n\ntwo \\1\n\n")
    with pytest.raises(ValueError, match="hot"):
        tables.renewed(page, "hot", [])


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_has_tables_of_every_section_and_names_the_machine(section: str) -> None:
    page = PAGE.read_text("utf-8")
    text = page.partition(f"<!-- {section} -->")[2].partition(f"<!-- end of {section} -->")[0]
    assert "| ---: |" in text
    assert "Machine: " in text
    assert "cores" in text


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    alone = Setting(tmp_path)
    assert [note.split(":")[0] for note in alone.lacking] == ["No rows of llmviz", "No rows of dot"]
    assert not Setting(tmp_path, llmviz=Path("a"), dot=Path("b")).lacking
    assert f"Python {sys.version_info.major}." in machine(alone)
    assert f"archdraw {archdraw.__version__}" in machine(alone)


def test_the_graph_for_dot_is_one(tmp_path: Path) -> None:
    text, size = cold.graph_of(archdraw.load("llama-3-8b"))
    assert size == "15 nodes, 4 frames, 14 lines"
    assert text.count("{") == text.count("}")
    file = tmp_path / "model.dot"
    file.write_text(text, "utf-8")
    measure.run([binaries()[0], "-Tplain", file, "-o", "model.txt"], tmp_path)
    assert (tmp_path / "model.txt").read_text("utf-8").count("\nnode") == 15


def test_made_specs_are_what_they_say(tmp_path: Path) -> None:
    for layers, kinds in ((12, 1), (12, 2), (40, 8), (32, 32)):
        model = archdraw.Model.from_text(made.irregular(layers, kinds))
        assert model.facts.layers == layers
        found = {block for _, block in model.walk() if isinstance(block, Module) and block.level == "layer"}
        assert len(found) == kinds
    assert archdraw.Model.from_text(made.repeated(100)).facts.layers == 100
    originals = [CHECKOUT / "specs" / f"{name}.yaml" for name in ("llama-3-8b", "qwen3-next-80b-a3b")]
    made.copied(originals, 3, tmp_path)
    assert len([*tmp_path.iterdir()]) == 6
    copy = archdraw.load(tmp_path / "qwen3-next-80b-a3b-2.yaml")
    assert copy.name == "Qwen3-Next 80B-A3B (2)"
    assert [parent.model for parent in copy.spec.parents] == ["qwen3-235b-a22b-2"]

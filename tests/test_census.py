"""The census: a row for each config, errors as rows, nothing lost with a worker, memory that does not grow."""

from __future__ import annotations

import csv
import gc
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner
from distributed import Client, LocalCluster

import archdraw
from archdraw.app.census import rows as census_rows
from archdraw.app.census.files import written
from archdraw.app.census.rows import COLUMNS, failed, row_of
from archdraw.app.census.running import rows
from archdraw.app.census.sources import sources
from archdraw.app.processes import Processes
from archdraw.cli.census import command
from archdraw.errors import ArchdrawError
from archdraw.tree.remembered import Remembered

CONFIGS = Path(__file__).parent / "data" / "configs"
SOME = [str(CONFIGS / f"{name}.json") for name in ("gpt2", "llama-3-8b", "mamba-2.8b", "bert-base", "deepseek-v3")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two models in folders of their own, one config by its name, one that is rejected, and what is no model."""
    config = json.loads((CONFIGS / "gpt2.json").read_text("utf-8"))
    for place in ("a/one/config.json", "a/two/config.json", "b/three.json", "b/broken.json", "c/notes.md"):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(config) if "broken" not in place else '{"model_type": "gpt2"', "utf-8")
    (tmp_path / "a" / "one" / "tokenizer_config.json").write_text("{}", "utf-8")
    return tmp_path


def test_a_row_has_what_the_facts_have() -> None:
    model, row = archdraw.load(SOME[1]), row_of(SOME[1])
    assert tuple(row) == tuple(COLUMNS)
    assert row["state"] == "complete"
    assert row["problem"] is None
    assert row["model_type"] == "llama"
    assert row["total_parameters"] == model.facts.total_parameters == 8_030_261_248
    assert row["kv_cache_bytes_at_131072"] == model.facts.kv_cache_bytes(131_072)
    assert row["flops_per_token_at_4096"] == model.facts.flops_per_token(4096)
    assert row["layers"] == 32


def test_folders_lists_and_files_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    inside = ["a/one", "a/two", "b/broken.json", "b/three.json"]
    assert list(sources(["."])) == inside
    (folder / "some.txt").write_text("# a list\nb/three.json\n\na/one\n", "utf-8")
    assert list(sources(["some.txt", "a/two/config.json"])) == ["b/three.json", "a/one", "a/two/config.json"]
    with pytest.raises(ArchdrawError, match=r"none\.txt: the list cannot be read"):
        list(sources(["none.txt"]))


def test_what_is_rejected_is_a_row(folder: Path) -> None:
    found = {row["source"]: row for row in rows(sources([str(folder)]))}
    assert [row["state"] for row in found.values()] == ["complete", "complete", "rejected", "complete"]
    broken = found[str(folder / "b" / "broken.json")]
    assert "broken.json:1:22: error: this is no JSON" in broken["problem"]
    assert broken["total_parameters"] is None


def test_a_fault_of_the_program_is_a_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(census_rows, "load", fail)
    row = row_of("x.json")
    assert row["state"] == "internal error"
    assert "ZeroDivisionError" in row["problem"]


def test_a_number_that_no_table_holds_is_no_other_number(tmp_path: Path) -> None:
    config = json.loads((CONFIGS / "llama-3-8b.json").read_text("utf-8"))
    config |= {"hidden_size": 10**9, "head_dim": 128, "intermediate_size": 10**9, "num_hidden_layers": 4}
    file = tmp_path / "vast.json"
    file.write_text(json.dumps(config), "utf-8")
    row = row_of(str(file))
    assert 2**63 < archdraw.load(file).facts.total_parameters < 2**64
    assert row["state"] == "rejected"
    assert "is more than a table can hold" in row["problem"]


@pytest.mark.parametrize("format", ["parquet", "csv", "jsonl"])
def test_each_format_holds_each_row(format: str, folder: Path) -> None:
    output = folder / f"facts.{format}"
    result = CliRunner().invoke(command, [str(folder / "a"), str(folder / "b"), "-o", str(output), "-j", "1"])
    assert result.exit_code == 0
    assert result.stdout == f"{output}\n"
    assert result.stderr == "archdraw: 4 configs: 3 complete, 1 rejected\n"
    expected = [row_of(source) for source in sources([str(folder / "a"), str(folder / "b")])]
    if format == "parquet":
        assert pyarrow.parquet.read_table(output).to_pylist() == expected
    elif format == "jsonl":
        assert [json.loads(line) for line in output.read_text("utf-8").splitlines()] == expected
    else:
        with output.open(encoding="utf-8") as lines:
            found = list(csv.DictReader(lines))
        assert [row["total_parameters"] for row in found] == [str(row["total_parameters"] or "") for row in expected]


def test_a_table_that_is_not_finished_leaves_the_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = folder / "facts.csv"
    output.write_text("old", "utf-8")

    def stop(found: Any, count: int, label: str) -> Iterator[Any]:
        yield next(iter(found))
        raise KeyboardInterrupt

    monkeypatch.setattr("archdraw.cli.census.with_progress", stop)
    CliRunner().invoke(command, [str(folder / "a"), "-o", str(output), "-j", "1"])
    assert output.read_text("utf-8") == "old"
    assert sorted(file.name for file in folder.iterdir()) == ["a", "b", "c", "facts.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "-o", "facts.xlsx"], "unknown format 'xlsx' (choose from parquet, csv, jsonl)"),
        (["x", "-o", "facts.csv", "--format", "parquet"], "-o facts.csv is a csv file, but --format is parquet"),
        (["x", "-o", "facts.csv", "-j", "2", "--dask", "tcp://x:1"], "--jobs and --dask exclude each other"),
    ],
)
def test_wrong_usage_is_answered(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_any_executor_gives_the_rows_in_order() -> None:
    with ThreadPoolExecutor(3) as executor:
        assert list(rows(SOME, executor, ahead=2)) == list(rows(SOME))


def test_no_more_are_waiting_than_asked() -> None:
    class Watched(ThreadPoolExecutor):
        given = 0

        def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
            self.given += 1
            return super().submit(*arguments, **options)

    with Watched(2) as executor:
        found = rows((str(number) for number in range(1000)), executor, ahead=5, work=_unread)
        for taken in range(1, 101):
            next(found)
            assert executor.given <= taken + 5
        assert len(list(found)) == 900


def _unread(source: str) -> dict[str, Any]:
    return failed(source, "rejected", "not read")


def _deadly(killers: frozenset[str], source: str) -> dict[str, Any]:
    """Ends its process on some sources, as a lack of memory does; takes a moment for all, so that others run beside."""
    time.sleep(0.05)
    if source in killers:
        os.kill(os.getpid(), signal.SIGKILL)
    return _unread(source)


def test_only_what_ends_its_worker_twice_is_lost() -> None:
    """Also where the next one that ends its worker is given to the new pool while the innocent are done again."""
    names, killers = [str(number) for number in range(40)], frozenset(["0", "8", "9", "10", "30"])
    with Processes(2) as executor:
        found = list(rows(names, executor, ahead=8, work=partial(_deadly, killers)))
    assert [row["source"] for row in found] == names
    assert {row["source"] for row in found if row["state"] == "lost"} == killers


def _slow(source: str) -> dict[str, Any]:
    time.sleep(0.02)
    return _unread(source)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def test_a_killed_worker_of_a_cluster_costs_no_row(cluster: LocalCluster) -> None:
    names = [str(number) for number in range(200)]
    with Client(cluster) as client:  # type: ignore[no-untyped-call]
        executor: Executor = client.get_executor()
        found = rows(names, executor, work=_slow)
        first = [next(found) for _ in range(40)]
        (process, *_) = client.run(os.getpid).values()
        os.kill(process, signal.SIGKILL)
        rest = list(found)
    assert [row["source"] for row in (*first, *rest)] == names
    assert {row["state"] for row in rest} == {"rejected"}


def test_the_command_reads_on_a_cluster(cluster: LocalCluster, folder: Path) -> None:
    output = folder / "facts.jsonl"
    arguments = [str(folder / "a"), "-o", str(output), "--dask", cluster.scheduler_address]
    result = CliRunner().invoke(command, arguments)
    assert result.stderr.splitlines()[-1] == "archdraw: 2 configs: 2 complete"
    assert len(output.read_text("utf-8").splitlines()) == 2


def test_nothing_of_a_config_is_kept(tmp_path: Path) -> None:
    """Memory does not grow with the number of configs, though all differ: no object of any of them is left.

    What one leaves is there after every stretch of them. What is remembered of a bounded number of blocks is forgotten
    first. Caches that fill, and threads of a cluster that another test has started, make objects in one stretch or
    another.
    """
    stretch = 10
    remembered = [one for one in gc.get_objects() if isinstance(one, Remembered)]
    assert remembered
    config, file = json.loads((CONFIGS / "llama-3-8b.json").read_text("utf-8")), tmp_path / "config.json"

    def made() -> Iterator[str]:
        for index in range(5 * stretch):
            file.write_text(json.dumps(config | {"vocab_size": 1000 + index}), "utf-8")
            yield str(file)

    kept = []
    # What other tests of this worker hold is not looked through at every turn.
    gc.collect()
    gc.freeze()
    try:
        for index, row in enumerate(rows(made())):
            assert row["vocab_size"] == 1000 + index
            if index % stretch == stretch - 1:
                for one in remembered:
                    one._known.clear()
                gc.collect()
                kept.append(len(gc.get_objects()))
    finally:
        gc.unfreeze()
    # The first stretch fills caches, and the second may empty some.
    assert min(after - before for before, after in pairwise(kept[1:])) < stretch / 2


def test_nothing_is_written_before_it_is_asked_for(tmp_path: Path) -> None:
    with (tmp_path / "facts.csv").open("wb") as stream:
        assert [row["source"] for row in written(rows(SOME[:2]), "csv", stream)] == SOME[:2]
    assert (tmp_path / "facts.csv").read_text("utf-8").count("\n") == 3

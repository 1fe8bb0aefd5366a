"""What is kept of a command is used when nothing has changed, and only then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archdraw.app.batch import render_all
from archdraw.app.jobs import Drawn, Job, Made, Output, draw
from archdraw.app.kept import Kept
from archdraw.cache import keys, replay, store
from archdraw.cache.replay import replayed
from archdraw.cache.store import Store, digest, usual_folder
from archdraw.cli import run
from archdraw.doors import Found
from archdraw.errors import Problem, Span
from test_cli import BROKEN, SPEC
from test_field import LLAMA

FIELD = Path(__file__).parent / "data" / "field"
CONFIG = LLAMA | {"num_key_value_heads": 2, "a_key_of_nobody": 7}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A cache of its own, in a working folder with ``model.yaml``, ``other.yaml`` and ``odd/config.json``."""
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    here = tmp_path / "work"
    (here / "odd").mkdir(parents=True)
    (here / "colours").mkdir()
    (here / "model.yaml").write_text(SPEC, "utf-8")
    (here / "other.yaml").write_text(SPEC.replace("Tiny", "Other"), "utf-8")
    (here / "colours" / "theme.yaml").write_text("like: light\nink: '#111122'\n", "utf-8")
    (here / "odd" / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    monkeypatch.chdir(here)
    return Kept(Store(usual_folder(), 1 << 30))


def drawn(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """The names of the models that a command draws, when it is done the usual way."""
    seen: list[str] = []
    before = draw

    def watched(job: Job) -> Drawn:
        seen.append(job.spec.name)
        return before(job)

    with monkeypatch.context() as patch:
        patch.setattr("archdraw.app.batch.draw", watched)
        assert run(words) == 0
    return seen


@pytest.mark.parametrize(
    "words",
    [
        ["render", "model.yaml", "-o", "x.svg"],
        ["render", "model.yaml", "other.yaml", "--format", "svg,pdf"],
        ["render", "odd"],
        ["gallery", ".", "-v"],
        ["poster", "model.yaml", "other.yaml", "-o", "x.svg"],
        ["compare", "model.yaml", "other.yaml"],
        ["scale", "model.yaml", "odd", "--view", "bars"],
        ["deck", "model.yaml", "odd", "-o", "x.pptx"],
        ["table", "."],
        ["table", ".", "-o", "x.csv"],
        ["coverage", "."],
    ],
    ids=" ".join,
)
def test_a_command_is_done_again_from_the_cache(
    kept: Kept, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert replayed(words) is None
    assert run(words) == 0
    out, err = capsys.readouterr()
    files = {file: file.read_bytes() for file in Path().rglob("*") if file.is_file()}
    for file in files:
        if file.suffix not in (".yaml", ".json"):
            file.unlink()
    warnings = replayed(words)
    assert warnings is not None
    assert len(warnings) == err.count("warning:")
    assert capsys.readouterr().out == out
    assert {file: file.read_bytes() for file in Path().rglob("*") if file.is_file()} == files


def process(*words: str, code: int = 0) -> tuple[str, str]:
    program = (
        "import sys\nfrom archdraw.__main__ import main\ntry:\n    main()\n"
        "finally:\n    print('click' in sys.modules, 'pathlib' in sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr
    return ran.stdout, ran.stderr


def test_nothing_is_imported_for_it(kept: Kept) -> None:
    run(["render", "model.yaml", "-o", "x.svg"])
    assert process("render", "model.yaml", "-o", "x.svg") == ("x.svg\n", "False False\n")


def test_warnings_are_said_again(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["render", "odd/config.json", "-o", "x.svg"]
    run(words)
    first = capsys.readouterr().err
    assert "a_key_of_nobody" in first
    out, err = process(*words)
    assert (out, err.replace("True True\n", "")) == ("x.svg\n", first)
    run([*words[:-1], "y.svg"])  # another command, the same picture
    assert capsys.readouterr().err == first


def test_errors_are_said_again(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text(BROKEN, "utf-8")
    said = []
    for _ in range(2):
        assert replayed(["render", "bad.yaml", "model.yaml"]) is None
        assert run(["render", "bad.yaml", "model.yaml"]) == 1
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert "num_attention_heads" in said[0].err


def test_only_what_changed_is_drawn(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("gallery", "model.yaml", "other.yaml", "-j", "1")
    assert drawn(monkeypatch, *words) == ["model.yaml", "other.yaml"]
    assert drawn(monkeypatch, *words) == []
    Path("model.yaml").touch()
    assert drawn(monkeypatch, *words) == []
    Path("model.yaml").write_text(SPEC.replace("Tiny", "Tinier"), "utf-8")
    assert replayed(words) is None
    assert drawn(monkeypatch, *words) == ["model.yaml"]
    assert "Tinier" in Path("out/model.svg").read_text("utf-8")
    Path("model.yaml").write_text(SPEC, "utf-8")
    assert drawn(monkeypatch, *words) == []
    assert "Tinier" not in Path("out/model.svg").read_text("utf-8")


WORDS = ("render", "model.yaml", "--theme", "colours/theme.yaml", "-o", "x.svg")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Path("model.yaml").write_text(SPEC.replace("Tiny", "Tinx"), "utf-8"),
        lambda: Path("colours/theme.yaml").write_text("like: light\nink: '#111133'\n", "utf-8"),
        lambda: Path("model.yaml").unlink(),
        lambda: os.environ.__setitem__("SOURCE_DATE_EPOCH", "1"),
    ],
    ids=["spec", "theme", "gone", "environment"],
)
def test_a_change_is_seen(kept: Kept, change: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    run(WORDS)
    assert replayed(WORDS) is not None
    change()
    assert replayed(WORDS) is None


def test_what_comes_first_by_name_is_seen(kept: Kept) -> None:
    """A file in the working folder comes before the model that comes with archdraw."""
    words = ("render", "gpt-2", "-o", "x.svg")
    run(words)
    assert replayed(words) is not None
    Path("gpt-2").write_text(SPEC, "utf-8")
    assert replayed(words) is None


def test_one_more_spec_in_a_folder_is_seen(kept: Kept) -> None:
    run(("table", "."))
    assert replayed(("table", ".")) is not None
    shutil.copy("model.yaml", "third.yaml")
    assert replayed(("table", ".")) is None


def test_another_folder_is_another_command(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    run(WORDS)
    monkeypatch.chdir("odd")
    assert replayed(WORDS) is None


def test_another_program_is_seen(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(WORDS)
    for name in ("src/archdraw/a.py", "src/archdraw/b/c.py", "themes/light.yaml", "installed/other-1.0.dist-info/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(keys, "_PACKAGE", str(tmp_path / "src" / "archdraw"))
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    assert replayed(WORDS) is None
    seen = [keys.program(), keys.program()]
    assert seen[0] == seen[1]
    for name in ("src/archdraw/a.py", "src/archdraw/b/c.py", "themes/light.yaml"):
        (tmp_path / name).write_text("22")
        seen.append(keys.program())
    (tmp_path / "installed/other-1.0.dist-info").rename(tmp_path / "installed/other-1.1.dist-info")
    seen.append(keys.program())
    # An installed one counts by the digests of its files, wherever and whenever it was put there.
    (tmp_path / "src/archdraw_nn-1.0.dist-info").mkdir()
    record = tmp_path / "src/archdraw_nn-1.0.dist-info/RECORD"
    record.write_text("archdraw/a.py,sha256=1,1")
    seen.append(keys.program())
    record.touch()
    assert keys.program() == seen[-1]
    record.write_text("archdraw/a.py,sha256=2,1")
    seen.append(keys.program())
    assert len(set(seen)) == len(seen) - 1


def test_another_python_is_another_program(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.program() == kept.program
    monkeypatch.setattr(sys, "version", "4.0.0")
    assert keys.program() != kept.program


@pytest.mark.parametrize(
    "other",
    [
        {"format": "png"},
        {"view": "card"},
        {"theme": "dark"},
        {"text": "outline"},
        {"scale": 2.0},
        {"fonts": ("colours/theme.yaml",)},
        {"renderer": "cairosvg"},
        {"prefix": "a-"},
        {"width": "8cm"},
        {"background": "none"},
        {"dpi": 300.0},
        {"figure": (("title", "Another"),)},
        {"metadata": False},
        {"usual": "page"},
        {"direction": "right"},
        {"template": "corporate.pptx"},
        {"pictures": "svg"},
        {"steps": "reveal"},
        {"palette": True},
        {"within": (3840, 2160)},
    ],
    ids=str,
)
def test_every_option_makes_another_picture(kept: Kept, other: dict[str, Any]) -> None:
    output = Output(Path("x"), "svg")
    first = kept.key(Job(Path("model.yaml"), ()), output)
    assert kept.keys([Job(Path("model.yaml"), (output, replace(output, **other)))]) == [
        [first, kept.key(Job(Path("model.yaml"), ()), replace(output, **other))]
    ]
    assert first
    assert kept.key(Job(Path("model.yaml"), ()), replace(output, path=Path("y"))) == first
    assert kept.key(Job(Path("model.yaml"), ()), replace(output, **other)) not in ("", first)
    assert kept.key(Job(Path("other.yaml"), ()), output) not in ("", first)
    assert kept.key(Job(Path("nobody/model-1"), ()), output) == ""
    assert kept.key(Job(Path("model.yaml"), (), with_transformers=True), output) == ""
    inline = {kept.key(Job(Path("model.yaml"), (), text=text), output) for text in ("name: x", "name: y")}
    assert len(inline - {"", first}) == 2


def test_every_option_is_tried_above() -> None:
    every = {"path", "format", "view", "theme", "text", "scale", "fonts", "renderer"}
    every |= {"prefix", "width", "background", "dpi", "figure", "metadata", "usual", "direction", "template"}
    every |= {"pictures", "steps", "palette", "within"}
    assert set(Output.__dataclass_fields__) == every


@pytest.mark.parametrize("harm", [b"", b"short", None], ids=["empty", "cut", "changed"])
def test_a_damaged_entry_is_made_anew(kept: Kept, harm: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    run(WORDS)
    whole = Path("x.svg").read_bytes()
    for _, _, path in list(kept.store.entries()):
        data = Path(path).read_bytes()
        Path(path).write_bytes(data[:-9] + b"x" + data[-8:] if harm is None else harm)
    Path("x.svg").unlink()
    assert replayed(WORDS) is None
    assert drawn(monkeypatch, *WORDS) == ["model.yaml"]
    assert Path("x.svg").read_bytes() == whole
    assert replayed(WORDS) is not None


def test_an_entry_under_another_key_is_none(kept: Kept) -> None:
    kept.store.put(digest("a"), b"one")
    (Path(kept.store.folder) / f"{digest('a')}.kept").rename(Path(kept.store.folder) / f"{digest('b')}.kept")
    assert kept.store.get(digest("b")) is None


def test_without_the_cache(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (*WORDS, "--no-cache")
    assert drawn(monkeypatch, *words) == ["model.yaml"]
    assert list(kept.store.entries()) == []
    run(WORDS)
    assert replayed(words) is None
    assert drawn(monkeypatch, *words) == ["model.yaml"]


@pytest.mark.parametrize("place", ["", "model.yaml", "model.yaml/cache"])
def test_where_nothing_can_be_kept_all_is_drawn(
    kept: Kept, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", place)
    for _ in range(2):
        assert replayed(WORDS) is None
        assert drawn(monkeypatch, *WORDS) == ["model.yaml"]
    assert capsys.readouterr().err == ""


def test_a_spec_that_changes_while_it_is_drawn_is_not_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    before = draw

    def changing(job: Job) -> Drawn:
        made = before(job)
        Path("model.yaml").write_text(SPEC.replace("Tiny", "Later"), "utf-8")
        return made

    with monkeypatch.context() as patch:
        patch.setattr("archdraw.app.batch.draw", changing)
        run(WORDS)
    assert list(kept.store.entries()) == []
    run(WORDS)
    assert "Later" in Path("x.svg").read_text("utf-8")


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    small = Store(str(tmp_path), 3 * (100 + store.LENGTH))
    for number in range(3):
        small.put(digest(str(number)), b"x" * 100)
        os.utime(tmp_path / f"{digest(str(number))}.kept", (number, number))
    assert small.get(digest("0")) is not None
    small.put(digest("3"), b"x" * 100)
    small.trim()
    assert [number for number in range(4) if small.get(digest(str(number)))] == [0, 2, 3]


def test_the_command_that_shows_and_clears(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    run(WORDS)
    capsys.readouterr()
    assert run(["cache"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == kept.store.folder
    assert "2 entries" in out
    assert run(["cache", "clear"]) == 0
    assert "2 entries" in capsys.readouterr().out
    assert not Path(kept.store.folder).exists()
    assert run(["cache"]) == 0
    assert "0 entries" in capsys.readouterr().out


def test_clearing_leaves_what_is_not_ours(kept: Kept) -> None:
    run(WORDS)
    (Path(kept.store.folder) / "mine").write_text("x")
    assert run(["cache", "clear"]) == 0
    assert [file.name for file in Path(kept.store.folder).iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("platform", "environment", "place"),
    [
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.cache/archdraw"),
        ("linux", {"HOME": "/home/ada", "XDG_CACHE_HOME": "/tmp/c"}, "/tmp/c/archdraw"),
        ("linux", {"HOME": "/home/ada", "XDG_CACHE_HOME": "relative"}, "/home/ada/.cache/archdraw"),
        ("linux", {"HOME": "/home/ada", "ARCHDRAW_CACHE_DIR": "/tmp/d"}, "/tmp/d"),
        ("linux", {"HOME": "/home/ada", "ARCHDRAW_CACHE_DIR": ""}, ""),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Caches/archdraw"),
        ("win32", {"HOME": "/u", "LOCALAPPDATA": "/u/AppData/Local"}, "/u/AppData/Local/archdraw/Cache"),
    ],
)
def test_the_usual_place(
    platform: str, environment: dict[str, str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "ARCHDRAW_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert usual_folder() == place


def test_a_picture_in_other_fonts_counts_by_the_fonts_of_this_computer(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "one.ttf").write_bytes(b"1")
    monkeypatch.setattr("archdraw.typesetting.folders.FOLDERS", (fonts,))
    output = Output(Path("x.svg"), "svg")
    key = kept.key(Job(Path("model.yaml"), ()), output)
    problem = Problem("字 drawn with Some Sans", Span("model.yaml", 1, 7, 1), "name: 字", "a hint", "warning")
    made = Made(b"data", "title", "about", 3, 4, (problem, "text"), own_letters=False)
    assert kept.put(key, made, Job(Path("model.yaml"), ()), output)
    assert Kept(kept.store).get(key) == made
    (fonts / "two.ttf").write_bytes(b"2")
    assert Kept(kept.store).get(key) is None


def test_the_files_of_other_packages_count(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "added"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = (("archdraw.kinds", Found("added", "added.kinds:X", "added 1.0")),)
    monkeypatch.setattr("archdraw.doors._entry_points", lambda: found)
    output = Output(Path("x.svg"), "svg")
    first = Kept(kept.store)
    assert first.plugins
    (package / "kinds.py").write_text("")
    second = Kept(kept.store)
    assert first.key(Job(Path("model.yaml"), ()), output) != second.key(Job(Path("model.yaml"), ()), output)
    run(WORDS)
    assert replayed(WORDS) is None  # whole commands are not kept then, pictures are
    shutil.rmtree(package)
    with pytest.raises(OSError, match="added is not found"):
        Kept(kept.store)
    assert run(WORDS) == 0


WATCHED = """
import os, sys
opened = set()
sys.addaudithook(lambda event, values: event == "open" and opened.add(values[0]))
from archdraw.app.jobs import Job, Output, draw
from archdraw.typesetting import folders
from pathlib import Path
folders.FOLDERS = ()
spec, theme = sys.argv[1:3]
drawn = draw(Job(Path(spec), (Output(Path("x.svg"), "svg", theme=theme), Output(Path("x.png"), "png"))))
assert drawn.made or drawn.problems, drawn
assert not drawn.crash, drawn.crash
print(*sorted(os.path.abspath(path) for path in opened if isinstance(path, str)), sep="\\n")
"""


@pytest.mark.parametrize(
    "name", ["model.yaml", "odd", "odd/config.json", "weights", "flat.json", "gguf-lfm2.gguf"], ids=str
)
def test_all_that_is_read_counts(kept: Kept, name: str) -> None:
    """Whatever is opened is of the program, of what ``inputs`` lists, or in a folder that it lists."""
    shutil.copytree(FIELD / "weights", "weights")
    Path("flat.json").write_text(json.dumps(CONFIG), "utf-8")
    shutil.copy(FIELD / "gguf-lfm2.gguf", ".")
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, name, "colours/theme.yaml"], capture_output=True, text=True, check=True
    )
    known = [Path(path).absolute() for path in (*keys.inputs(name), "colours/theme.yaml")]
    mine = [Path(path) for path in ran.stdout.splitlines() if Path(path).is_relative_to(Path.cwd())]
    assert mine
    assert [path for path in mine if path not in known and path.parent not in known] == []


def test_a_model_in_a_flat_folder_counts_alone(kept: Kept) -> None:
    """A thousand configs in one folder do not depend on each other."""
    Path("a.json").write_text(json.dumps(CONFIG), "utf-8")
    before = kept.model(Path("a.json"))
    Path("b.json").write_text(json.dumps(CONFIG), "utf-8")
    assert kept.model(Path("a.json")) == before
    assert keys.inputs("odd/config.json") == ("odd/config.json", "odd")


def test_a_large_file_counts_by_size_and_time(kept: Kept) -> None:
    Path("large.gguf").write_bytes(b"x" * keys.LARGE)
    os.utime("large.gguf", (1, 1))
    first = keys.signature("large.gguf")
    os.utime("large.gguf", (2, 2))
    assert keys.signature("large.gguf") != first


def test_the_keys_do_not_run_together() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", "")}) == 4


def test_an_outcome_from_the_cache_is_the_same(kept: Kept) -> None:
    job = Job(Path("odd/config.json"), (Output(Path("a.svg"), "svg"), Output(Path("a.png"), "png")))
    (first,), (second,) = render_all([job], kept=kept), render_all([job], kept=kept)
    assert (first.again, second.again) == (0, 2)
    assert replace(first, again=2) == second


def test_the_recording_needs_all_that_was_written(kept: Kept) -> None:
    recording = replay.Recording(["x"])
    recording.reads("model.yaml")
    recording.wrote("x.svg", "")
    recording.keep(kept.store, kept.program)
    assert list(kept.store.entries()) == []


def test_an_entry_that_is_used_counts_as_new(tmp_path: Path) -> None:
    one = Store(str(tmp_path), 1000)
    one.put(digest("a"), b"x")
    file = tmp_path / f"{digest('a')}.kept"
    os.utime(file, (1, 1))
    one.get(digest("a"))
    assert file.stat().st_mtime > time.time() - 100

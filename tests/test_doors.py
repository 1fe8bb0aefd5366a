"""What can be added is found in one way: listed without imports, and no fault of another package hides the rest."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeAlias

import click
import pytest

from archdraw import doors, theme, views, writers
from archdraw.analysis.concepts import known_concepts
from archdraw.cli import Commands, program, run
from archdraw.cli._files import check_stdout
from archdraw.doors import DOORS, FORMATS, PluginError, PluginWarning
from archdraw.errors import ArchdrawError
from archdraw.kinds import registry
from archdraw.kinds.base import Family as Place
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.profile import profile_names
from archdraw.readers.family import families
from archdraw.theme import load_theme, theme_names
from archdraw.views import several
from archdraw.weights.naming import conventions

ROOT = Path(__file__).parent.parent
SPEC = """\
name: Tiny
hidden_size: 64
vocab_size: 256
layers:
  - embedding
  - decoder: {times: 2, attention: {multi_head: {num_attention_heads: 4}}, feed_forward: {swiglu: 128}}
  - output_head
"""
KIND = '''
from archdraw.kinds.base import Kind
from archdraw.tree.blocks import Leaf

class Made(Kind):
    """A kind of the tests."""
    keyword = "{keyword}"
    family = "mixer"
    example = "{keyword}"
    source = "the tests"

    def expand(self, scope):
        return Leaf("made", "made")
'''
COMMAND = (
    "import click\n\n@click.command()\ndef command():\n    '''A command of the tests.'''\n    click.echo('works')\n"
)

Install: TypeAlias = Callable[..., None]


def _forget() -> None:
    for found in (doors._entry_points, kinds, families, conventions, theme._named):
        found.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Writes the modules of a package and its metadata where Python finds both, as an installer does."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)

    def installed(package: str, files: Mapping[str, str], **points: str) -> None:
        for name, text in files.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text, "utf-8")
        about = site / f"{package.replace('-', '_')}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        sections = (f"[archdraw.{group}]\n{lines}\n" for group, lines in points.items())
        (about / "entry_points.txt").write_text("\n".join(sections), "utf-8")
        importlib.invalidate_caches()
        _forget()

    yield installed
    _forget()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(site)):
            del sys.modules[name]


@dataclass
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def archdraw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the program in a folder with a spec."""
    (tmp_path / "tiny.yaml").write_text(SPEC, "utf-8")
    monkeypatch.chdir(tmp_path)

    def start(*words: str) -> Ran:
        code = run(words)
        return Ran(code, *capsys.readouterr())

    return start


# Listing.


def test_names_are_those_of_the_files() -> None:
    package = Path(doors.__file__).parent

    def modules(folder: str) -> tuple[str, ...]:
        return tuple(sorted(file.stem for file in (package / folder).glob("*.py") if file.stem[0] != "_"))

    assert doors.FORMATS.names() == modules("writers") == tuple(writers.formats())
    assert doors.VIEWS.names() == modules("views/single") == views.views()
    assert doors.VIEWS_OF_SEVERAL.names() == modules("views/several") == several.names()
    assert doors.COMMANDS.names() == modules("cli")
    assert doors.THEMES.names() == tuple(sorted(file.stem for file in (ROOT / "themes").glob("*.yaml")))


def test_every_name_leads_to_something() -> None:
    """Each of our own things can be loaded by its name alone."""
    for name in doors.VIEWS.names():
        assert callable(doors.VIEWS.load(name))
    for name in doors.FORMATS.names():
        assert callable(doors.FORMATS.load(name))
    for name in doors.VIEWS_OF_SEVERAL.names():
        assert isinstance(several.view(name), several.Several)
    for name in theme_names():
        assert load_theme(name).name == name


def test_groups_are_different() -> None:
    assert len({door.group for door in DOORS}) == len(DOORS)
    assert all(door.group.startswith("archdraw.") for door in DOORS)


def _imported(source: str) -> set[str]:
    """The modules that are loaded after ``source`` has run in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"{source}\nimport sys\nprint('loaded:', *sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(doors.__file__).parents[1])},
    )
    return set(done.stdout.rpartition("loaded:")[2].split())


LIBRARIES = {"pydantic", "yaml", "svgwrite", "cairosvg", "reportlab", "resvg", "graphviz", "huggingface_hub"}


def test_listing_names_imports_nothing_that_they_name() -> None:
    loaded = _imported("from archdraw.doors import DOORS\nfor door in DOORS: door.names()")
    assert "archdraw.doors" in loaded
    assert loaded & LIBRARIES == set()
    ours = {name for name in loaded if name.startswith("archdraw.")}
    named = {f"archdraw.views.single.{name}" for name in doors.VIEWS.names()}
    named |= {f"archdraw.views.several.{name}" for name in doors.VIEWS_OF_SEVERAL.names()}
    named |= {f"archdraw.writers.{name}" for name in doors.FORMATS.names()}
    named |= {f"archdraw.cli.{name}" for name in doors.COMMANDS.names()}
    assert ours & (named | {"archdraw.theme"}) == set()


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        (["rendr"], LIBRARIES),
        (["render", "--help"], LIBRARIES),
        (["themes"], LIBRARIES - {"pydantic", "yaml"}),
        (["kinds"], LIBRARIES - {"pydantic", "yaml"}),  # templates are YAML files
        (["facts", "llama-3-8b"], LIBRARIES - {"pydantic", "yaml"}),
    ],
)
def test_a_command_imports_no_library_that_it_does_not_use(words: list[str], unused: set[str]) -> None:
    loaded = _imported(f"from archdraw.cli import run\nrun({words!r})")
    assert "archdraw.doors" in loaded
    assert loaded & unused == set()


def test_a_writer_imports_no_other() -> None:
    loaded = _imported(
        "from archdraw.scene import Scene\nfrom archdraw.writers import write\n"
        "write(Scene(10, 10, 'a', 'b', None, ()), 'svg')"
    )
    assert {name for name in loaded if name.startswith("archdraw.writers.")} >= {"archdraw.writers.svg"}
    assert loaded & {"archdraw.writers.pdf", "archdraw.writers.png", "reportlab", "cairosvg"} == set()


def test_a_package_is_imported_when_it_is_asked_for(install: Install, archdraw: Callable[..., Ran]) -> None:
    files = {"quiet_one.py": "def write(scene, *, scale=1.0, text='embed'):\n    return b'quiet'\n"}
    install("quiet", files, formats="one = quiet_one:write")
    assert "one" in FORMATS.names()
    assert "one" in archdraw("render", "--help").out
    assert "quiet_one" not in sys.modules
    assert archdraw("render", "tiny.yaml", "-o", "made.one").code == 0
    assert Path("made.one").read_bytes() == b"quiet"


@pytest.mark.parametrize(("marked", "message"), [("IS_TEXT = True", ""), ("", "one is not text; redirect it to a fi")])
def test_a_format_says_whether_a_terminal_can_show_it(
    install: Install, monkeypatch: pytest.MonkeyPatch, marked: str, message: str
) -> None:
    code = f"{marked}\ndef write(scene, *, scale=1.0, text='embed'):\n    return b'quiet'\n"
    install("quiet", {"quiet_one.py": code}, formats="one = quiet_one:write")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(click.UsageError, match=message) if message else nullcontext():
        check_stdout("one")


def test_a_format_says_whether_it_is_of_pixels(install: Install) -> None:
    code = "IS_RASTER = True\ndef write(scene, *, scale=1.0, text='embed'):\n    return b'quiet'\n"
    install("quiet", {"quiet_one.py": code}, formats="one = quiet_one:write")
    assert {name for name, writer in writers.formats().items() if writer.is_raster} == {"one", "png"}
    assert {name for name, writer in writers.formats().items() if writer.is_text} == {"drawio", "mermaid", "svg"}


# Kinds: by what is found, not by where a class was made.


def test_a_throw_away_subclass_is_no_kind(install: Install) -> None:
    class Thrown(Kind):
        keyword: ClassVar[str] = "thrown_away"
        family: ClassVar[Place] = "mixer"

    _forget()
    assert "thrown_away" not in kinds()
    assert Thrown not in kinds().values()


def test_a_package_of_kinds_is_walked(install: Install) -> None:
    """Each module adds its own, not what it imports, and what has no keyword is only a base."""
    base = "from archdraw.kinds.base import Kind\nfrom archdraw.kinds.layers.norm import RMSNorm\nclass Base(Kind): ..."
    files = {
        "many/__init__.py": "from many.first import Made\n",
        "many/base.py": base,
        "many/first.py": KIND.format(keyword="first_kind"),
        "many/deep/__init__.py": "",
        "many/deep/second.py": KIND.format(keyword="second_kind"),
    }
    before = set(kinds())
    install("many-kinds", files, kinds="anything = many")
    assert set(kinds()) - before == {"first_kind", "second_kind"}
    assert list(kinds()) == sorted(kinds())


# Two of one name.


def test_two_kinds_of_one_keyword(install: Install, archdraw: Callable[..., Ran]) -> None:
    install("other-kinds", {"other_kinds.py": KIND.format(keyword="rmsnorm")}, kinds="mine = other_kinds")
    ran = archdraw("kinds")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "archdraw: error: 2 kinds are named 'rmsnorm': archdraw.kinds.layers.norm of archdraw and other_kinds of "
        "other-kinds 1.0; uninstall other-kinds 1.0\n"
    )


def test_a_template_and_a_kind_of_one_keyword(install: Install, archdraw: Callable[..., Ran]) -> None:
    install("other-kinds", {"other_kinds.py": KIND.format(keyword="moonvit")}, kinds="mine = other_kinds")
    ran = archdraw("kinds")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "archdraw: error: 2 kinds are named 'moonvit': other_kinds of other-kinds 1.0 and "
        "kinds/encoders/moonvit.yaml of archdraw; uninstall other-kinds 1.0\n"
    )


def test_two_templates_of_one_keyword(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        (tmp_path / "kinds" / folder).mkdir(parents=True)
        (tmp_path / "kinds" / folder / "same.yaml").write_text("", "utf-8")
    monkeypatch.setattr("archdraw.kinds.__path__", [str(tmp_path / "kinds")])
    with pytest.raises(ArchdrawError, match=r"'same': kinds/one/same.yaml of archdraw and kinds/two/same.yaml of arch"):
        registry._template_files(())


def test_concepts_of_another_package_are_known(install: Install, archdraw: Callable[..., Ran]) -> None:
    """Also those that its kinds take only with some fields; templates of authors may name them."""
    concept = "from archdraw.glossary.concepts import Concept\nMINE = Concept('gate of mine', 'layer')\n"
    used = "    may_use = (MINE,)\n    def concepts_used(self):\n        yield MINE\n"
    install("my-kinds", {"my_kinds.py": concept + KIND.format(keyword="my_kind") + used}, kinds="mine = my_kinds")
    assert "gate of mine" in [one.name for one in known_concepts()]
    template = "define: {mine: {parameters: {n: 2}, concepts: [gate of mine], block: {linear: $n}}}\n"
    Path("own.yaml").write_text(SPEC.replace("layers:\n", f"{template}layers:\n"), "utf-8")
    assert archdraw("check", "own.yaml").code == 0
    dated = SPEC.replace("layers:\n", "released: 2024-05-06\nlayers:\n")
    Path("used.yaml").write_text(dated.replace("{multi_head: {num_attention_heads: 4}}", "my_kind"), "utf-8")
    ran = archdraw("timeline", "used.yaml", "--concept", "gate of mine", "--json")
    assert [one["concept"] for one in json.loads(ran.out)["concepts"]] == ["gate of mine"]


def test_two_readers_of_one_model_type(install: Install) -> None:
    text = "from archdraw.readers.family import Family\nFAMILIES = (Family(('llama',), print),)\n"
    install("other-readers", {"other_readers.py": text}, readers="mine = other_readers")
    with pytest.raises(
        ArchdrawError,
        match=r"^2 readers are named 'llama': archdraw\.readers\.families\.llama of archdraw and other_readers of "
        r"other-readers 1\.0; uninstall other-readers 1\.0$",
    ):
        families()


def test_two_conventions_of_one_name(install: Install) -> None:
    text = "from archdraw.weights.naming import Convention\nMINE = Convention('GGUF')\n"
    install("other-names", {"other_names.py": text}, conventions="mine = other_names:MINE")
    with pytest.raises(ArchdrawError, match=r"^2 weight conventions are named 'GGUF': .*\.gguf of archdraw and other"):
        conventions()


def test_two_formats_of_one_name(install: Install, archdraw: Callable[..., Ran]) -> None:
    """Neither wins; the others work on."""
    install(
        "one-package", {"one_package.py": "def write(scene, *, scale, text): ..."}, formats="png = one_package:write"
    )
    ran = archdraw("render", "tiny.yaml", "-o", "made.png")
    assert (ran.code, ran.out, Path("made.png").exists()) == (1, "", False)
    assert ran.err == (
        "tiny.yaml: error: 2 formats are named 'png': archdraw.writers.png:write of archdraw and one_package:write of "
        "one-package 1.0; uninstall one-package 1.0\n"
    )
    assert archdraw("render", "tiny.yaml", "-o", "made.svg").code == 0
    assert FORMATS.names().count("png") == 1


def test_two_packages_with_one_theme(install: Install, archdraw: Callable[..., Ran]) -> None:
    for name in ("first", "second"):
        install(f"{name}-themes", {f"{name}_themes/sea.yaml": "like: light\n"}, themes=f"sea = {name}_themes")
    ran = archdraw("themes")
    assert ran.code == 1
    assert [line.split()[0] for line in ran.out.splitlines()] == ["theme", "dark", "light", "print"]
    assert ran.err == (
        "archdraw: error: 2 themes are named 'sea': first_themes of first-themes 1.0 and second_themes of "
        "second-themes 1.0; uninstall first-themes 1.0 or second-themes 1.0\n"
    )


@pytest.mark.parametrize(
    ("name", "group", "ours"),
    [
        ("facts", "commands", "archdraw.cli.facts:command"),
        ("lineage", "commands", "archdraw.views.several.lineage:VIEW"),
        ("lineage", "views_of_several", "archdraw.views.several.lineage:VIEW"),
        ("facts", "views_of_several", "archdraw.cli.facts:command"),
    ],
)
def test_two_commands_of_one_name(
    install: Install, archdraw: Callable[..., Ran], name: str, group: str, ours: str
) -> None:
    """A view of several models is a command, so that they share names."""
    install("other-words", {"other_words.py": COMMAND}, **{group: f"{name} = other_words:command"})
    ran = archdraw(name, "tiny.yaml", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert f"are named '{name}': " in ran.err
    assert {f"{ours} of archdraw", "other_words:command of other-words 1.0"} <= set(
        re.split(r": | and |; ", ran.err.strip())
    )
    whole = archdraw("--help")
    assert (whole.code, whole.err) == (0, "")
    assert [line for line in whole.out.splitlines() if line.startswith(f"  {name} ")]
    assert archdraw("check", "tiny.yaml").code == 0


# Packages that cannot be used.

BROKEN = "import nothing_of_this_name\n"
MISSING = "ModuleNotFoundError: No module named 'nothing_of_this_name'"


def test_a_broken_command_is_listed_and_says_why(install: Install, archdraw: Callable[..., Ran]) -> None:
    files = {"broken_words.py": BROKEN, "fine_words.py": COMMAND}
    install("words", files, commands="broken = broken_words:command\nfine = fine_words:command")
    entry = "the entry point broken = broken_words:command (archdraw.commands) of words 1.0"
    whole = archdraw("--help")
    assert (whole.code, whole.err) == (0, "")
    assert re.search(r"^  broken +the entry point broken = broken_words:command", whole.out, re.MULTILINE)
    assert re.search(r"^  fine +A command of the tests\.$", whole.out, re.MULTILINE)
    for words in ([], ["--help"], ["tiny.yaml", "--option"]):
        ran = archdraw("broken", *words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == f"archdraw: error: {entry} cannot be used: {MISSING}\n"
    assert "Traceback (most recent call last):" in archdraw("--traceback", "broken").err
    assert archdraw("fine").out == "works\n"


def test_a_broken_view_of_several(install: Install, archdraw: Callable[..., Ran]) -> None:
    """One that imports and whose options make no sense is as broken as one that does not import."""
    text = (
        "from archdraw.views.several import Several\n"
        "def gather(subjects, *, most: 'Nowhere' = 1): ...\n"
        "VIEW = Several('Sum.', gather, print, print)\n"
    )
    files = {"odd_view.py": text, "broken_view.py": BROKEN}
    install("views", files, views_of_several="odd = odd_view:VIEW\nbroken = broken_view:VIEW")
    for name, reason in (("odd", "NameError: name 'Nowhere' is not defined"), ("broken", MISSING)):
        ran = archdraw(name)
        entry = f"the entry point {name} = {name}_view:VIEW (archdraw.views_of_several) of views 1.0"
        assert (ran.code, ran.err) == (1, f"archdraw: error: {entry} cannot be used: {reason}\n")
    assert archdraw("--help").code == 0


def test_a_broken_kind_is_left_out_with_a_warning(install: Install, archdraw: Callable[..., Ran]) -> None:
    files = {
        "some/__init__.py": "",
        "some/broken.py": BROKEN,
        "some/fine.py": KIND.format(keyword="fine_kind"),
        "leaves.py": "raise SystemExit(3)\n",
    }
    install("some-kinds", files, kinds="all = some\nleaves = leaves")
    ran = archdraw("kinds")
    assert ran.code == 0
    assert "  fine_kind " in ran.out
    assert ran.err == (
        "archdraw: warning: the entry point all = some.broken (archdraw.kinds) of some-kinds 1.0 cannot be used: "
        f"{MISSING}\n"
        "archdraw: warning: the entry point leaves = leaves (archdraw.kinds) of some-kinds 1.0 cannot be used: "
        "SystemExit: 3\n"
    )
    _forget()
    assert "Traceback (most recent call last):" in archdraw("--traceback", "kinds").err
    _forget()
    with pytest.warns(PluginWarning, match=r"^the entry point (all|leaves) = ") as caught:
        kinds()
    assert isinstance(caught[0].message, PluginWarning)
    assert isinstance(caught[0].message.error.__cause__, ModuleNotFoundError)


def test_a_warning_is_given_once_whatever_the_number_of_processes(
    install: Install, archdraw: Callable[..., Ran], tmp_path: Path
) -> None:
    install("some-kinds", {"some_kinds.py": BROKEN}, kinds="mine = some_kinds")
    names = [f"{number}.yaml" for number in range(4)]
    for name in names:
        (tmp_path / name).write_text(SPEC, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "archdraw", "render", *names, "-j", "2", "--view", "plate"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path / 'site-packages'}{os.pathsep}{Path(doors.__file__).parents[1]}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "some_kinds" in line] == [
        "archdraw: warning: the entry point mine = some_kinds (archdraw.kinds) of some-kinds 1.0 cannot be used: "
        f"{MISSING}"
    ]


@pytest.mark.parametrize(
    ("group", "text", "reason"),
    [
        ("kinds", "", "adds no kind: it has to be a Kind with a keyword, or a module of kinds"),
        (
            "kinds",
            "from archdraw.kinds.layers.norm import RMSNorm",
            "adds no kind: it has to be a Kind with a keyword, or a module of kinds",
        ),
        ("readers", "", "adds no reader: it has to be a Family, or a module with FAMILIES"),
        ("conventions", "", "adds no weight convention: it has to be a Convention, or a module with CONVENTIONS"),
        ("readers", "FAMILIES = ('llama',)", "cannot be used: TypeError: FAMILIES holds 'llama', which is no Family"),
        ("readers", "FAMILIES = 3", "cannot be used: TypeError: 'int' object is not iterable"),
    ],
)
def test_what_adds_nothing_is_not_silent(install: Install, group: str, text: str, reason: str) -> None:
    install("empty", {"empty_one.py": text}, **{group: "mine = empty_one"})
    found: Callable[[], object] = {"kinds": kinds, "readers": families, "conventions": conventions}[group]
    with pytest.warns(PluginWarning) as caught:
        found()
    assert [str(warning.message) for warning in caught] == [
        f"the entry point mine = empty_one (archdraw.{group}) of empty 1.0 {reason}"
    ]


def test_what_is_something_else(install: Install) -> None:
    install("wrong", {"wrong_one.py": "write = 'svg'\n"}, formats="odd = wrong_one:write\nfar = wrong_one:nothing")
    with pytest.raises(PluginError, match=r"odd = .* TypeError: it is 'svg', not a function that writes a scene$"):
        FORMATS.load("odd")
    with pytest.raises(PluginError, match=r"far = .* AttributeError: module 'wrong_one' has no attribute 'nothing'"):
        FORMATS.load("far")
    assert callable(FORMATS.load("svg"))


def test_a_broken_view_or_format_stops_nothing_else(install: Install, archdraw: Callable[..., Ran]) -> None:
    install("bad", {"bad_one.py": BROKEN}, views="bad = bad_one:draw", formats="bad = bad_one:write")
    view = archdraw("render", "tiny.yaml", "--view", "bad")
    assert (view.code, view.out) == (1, "")
    assert view.err == (
        f"tiny.yaml: error: the entry point bad = bad_one:draw (archdraw.views) of bad 1.0 cannot be used: {MISSING}\n"
    )
    format = archdraw("render", "tiny.yaml", "--format", "bad")
    assert format.err == (
        "tiny.yaml: error: the entry point bad = bad_one:write (archdraw.formats) of bad 1.0 cannot be used: "
        f"{MISSING}\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert archdraw("render", "tiny.yaml", "--view", "card").code == 0


def test_broken_themes(install: Install, archdraw: Callable[..., Ran]) -> None:
    files = {
        "sea/__init__.py": "",
        "sea/foam.yaml": "like: lihgt\n",
        "sea/ebb.yaml": "like: flood\n",
        "sea/flood.yaml": "like: ebb\n",
    }
    install("sea", files, themes="foam = sea\nnone = sea\nfar = nowhere\nebb = sea\nflood = sea")
    ran = archdraw("themes")
    assert ran.code == 1
    assert [line.split()[0] for line in ran.out.splitlines()] == ["theme", "dark", "light", "print"]
    for said in (
        "the entry point far = nowhere (archdraw.themes) of sea 1.0 cannot be used: ModuleNotFoundError: No module",
        "the entry point none = sea (archdraw.themes) of sea 1.0 cannot be used: FileNotFoundError: none.yaml is not",
        "foam.yaml:1:7: error: unknown theme 'lihgt'",
        "ebb.yaml:1:7: error: a theme cannot be like itself: flood like ebb like flood",
    ):
        assert said in ran.err
    assert archdraw("render", "tiny.yaml", "--theme", "none").code == 2


# Unknown names.


def test_an_unknown_name_has_a_hint_or_the_choice() -> None:
    for load, error in (
        (lambda: FORMATS.load("pgn"), "unknown format 'pgn'; did you mean png?"),
        (lambda: FORMATS.load("x"), "unknown format 'x' (choose from drawio, eps, mermaid, pdf, png, pptx, ps, svg)"),
        (lambda: several.view("linage"), "unknown view 'linage'; did you mean lineage?"),
        (lambda: load_theme("x"), "unknown theme 'x' (choose from dark, light, print, or a file that ends in .yaml)"),
    ):
        with pytest.raises(ArchdrawError) as caught:
            load()
        assert str(caught.value) == error


def test_an_unknown_command(archdraw: Callable[..., Ran]) -> None:
    ran = archdraw("xyzzy")
    assert ran.code == 2
    listed = ", ".join(sorted({*doors.COMMANDS.names(), *doors.VIEWS_OF_SEVERAL.names()}))
    assert f"unknown command 'xyzzy' (choose from {listed})" in " ".join(ran.err.split())


# Documents list what is found.


def test_the_documents_name_what_is_found() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (row,) = [line for line in readme.splitlines() if line.startswith("| `archdraw render ")]
    formats = re.search(r"`--format ([a-z,]+)`", row)
    shown = re.search(r"`--view ([^`]+)`", row)
    assert formats is not None
    assert shown is not None
    assert sorted(formats[1].split(",")) == list(FORMATS.names())
    kinds_of_pages = {name.partition("-")[0] for name in profile_names()}
    named = {word.partition(":")[0] for word in shown[1].split("\\|")}
    assert named == {*views.views(), *kinds_of_pages, "FILE"}
    themes = re.search(r"contrast of at least 4\.5, in ([a-z, ]+)\.", readme)
    assert themes is not None
    assert sorted(re.split(", | and ", themes[1])) == list(theme_names())
    rows = {line.split()[2].strip("`") for line in readme.splitlines() if line.startswith("| `archdraw ")}
    assert isinstance(program, Commands)
    assert sorted(rows) == program.list_commands(click.Context(program))


def test_the_documents_name_every_door() -> None:
    plugins = (ROOT / "docs" / "plugins.md").read_text("utf-8")
    listed = re.findall(r"^\| `(archdraw\.[a-z_]+)` \|", plugins, re.MULTILINE)
    assert sorted(listed) == sorted(door.group for door in DOORS)
    example = (ROOT / "tests" / "data" / "plugin" / "pyproject.toml").read_text("utf-8")
    assert all(f'[project.entry-points."{group}"]' in example for group in listed)


def test_the_example_of_the_documents_is_the_one_that_is_tried() -> None:
    """Every block of code with a file's name above it is that file, or a part of it."""
    plugins = (ROOT / "docs" / "plugins.md").read_text("utf-8")
    blocks = re.findall(r"^`([^`]+)`:\n\n```\w+\n(.*?)^```", plugins, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    for name, text in blocks:
        assert text in (ROOT / "tests" / "data" / "plugin" / name).read_text("utf-8"), name

"""What ``import archdraw`` offers: named, typed, documented and light, with examples that run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest

import archdraw
from archdraw import pictures
from archdraw.app.options import options
from archdraw.views import several

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "archdraw"

HEAVY = ("click", "jinja2", "pydantic", "reportlab", "rich", "svgwrite", "yaml")


def test_importing_costs_nothing() -> None:
    program = "import archdraw, sys; print(sorted(name for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "'archdraw'" in loaded
    assert [name for name in HEAVY if f"'{name}'" in loaded] == []
    assert "'archdraw." not in loaded


def test_all_that_is_named_is_there() -> None:
    assert list(archdraw.__all__) == sorted(archdraw.__all__)
    assert all(getattr(archdraw, name) is not None for name in archdraw.__all__)
    assert set(archdraw.__all__) <= set(dir(archdraw))
    assert {name for name in several.names() if name not in archdraw.__all__} == set()


def test_no_name_is_that_of_a_module() -> None:
    """Importing a module of a package sets an attribute of the package, whatever has that name."""
    modules = {module.name for module in pkgutil.iter_modules(archdraw.__path__)}
    assert {"kinds", "views", "picture"} <= modules
    assert modules & set(archdraw.__all__) == set()


def test_a_wrong_name_is_an_error_with_a_hint() -> None:
    with pytest.raises(AttributeError) as raised:
        archdraw.comparee  # type: ignore[attr-defined]  # noqa: B018
    assert str(raised.value) == "module 'archdraw' has no attribute 'comparee'; did you mean compare?"


RIGHT = """
import archdraw

model: archdraw.Model = archdraw.load("llama-3-8b")
count: int = model.facts.total_parameters
picture: archdraw.Picture = archdraw.compare(model, "llama-2-7b", details=True)
picture.save("both.svg")
names: tuple[str, ...] = archdraw.list_kinds()
changes: archdraw.Difference = archdraw.difference(model, "llama-2-7b")
rows = archdraw.table(model, columns="layers")
layers: object = rows[0]["layers"]
version: str = archdraw.__version__
"""

WRONG = {
    "archdraw.comparee()": 'has no attribute "comparee"',
    "archdraw.compare('a', 'b', inset=True)": 'Unexpected keyword argument "inset"',
    "archdraw.timeline(by='years')": "incompatible type \"Literal['years']\"",
    "archdraw.load('a').facts.weight_memory('fp16')": "incompatible type \"Literal['fp16']\"",
    "archdraw.table(context='8k')": 'incompatible type "str"',
}


def test_a_type_checker_knows_right_from_wrong(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT, "utf-8")
    (tmp_path / "wrong.py").write_text("\n".join(["import archdraw", *WRONG]), "utf-8")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--config-file", "pyproject.toml"]
    files = [str(tmp_path / "right.py"), str(tmp_path / "wrong.py")]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False, cwd=ROOT)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(errors) == len(WRONG), done.stdout
    for number, (error, expected) in enumerate(zip(errors, WRONG.values(), strict=True), 2):
        assert error.split(": error: ")[0].endswith(f"wrong.py:{number}")
        assert expected in error


@pytest.mark.parametrize("name", several.names())
def test_a_function_has_the_options_of_its_view(name: str) -> None:
    view = several.view(name)
    parameters = inspect.signature(getattr(archdraw, name)).parameters.values()
    own = {one.name: one for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}
    assert own.pop("link").default == ""
    theirs = {**options(view.gather), **options(view.draw)}
    assert {key: option.default for key, option in own.items()} == {key: one.default for key, one in theirs.items()}
    for key, option in own.items():
        expected = theirs[key].annotation
        if get_origin(expected) is Annotated:
            expected = get_args(expected)[0]
        found = eval(option.annotation, vars(pictures))
        # One text is taken as a tuple of one.
        assert str(found).replace("str | collections.abc.Sequence[str]", "tuple[str, ...]") == str(expected), key


INSIDE = ("__func__", "fget", "func")


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function that a user calls: those of the package, and the methods of its classes."""
    for name in archdraw.__all__:
        value = getattr(archdraw, name)
        if inspect.isfunction(value):
            yield name, value
        if inspect.isclass(value):
            own = [base for base in value.__mro__ if base.__module__.startswith("archdraw.")]
            for key, member in {key: one for base in reversed(own) for key, one in vars(base).items()}.items():
                # The function in a class method, a property or a cached property.
                plain = next((found for part in INSIDE if (found := getattr(member, part, None))), member)
                if not key.startswith("_") and inspect.isfunction(plain):
                    yield f"{name}.{key}", plain


PUBLIC = dict(public())

UNITS = re.compile(r"\b(bytes|bits|px|pixels|parameters|layers|tokens|operations)\b", re.IGNORECASE)


def test_what_is_public() -> None:
    assert {"load", "Model.save", "Model.from_text", "Model.facts", "Facts.weight_memory", "Picture.png"} <= set(PUBLIC)
    assert len(PUBLIC) > 40


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    function = PUBLIC[name]
    text = inspect.getdoc(function) or ""
    assert text, "what is it?"
    is_number = inspect.signature(function).return_annotation in ("int", "float")
    assert UNITS.search(text) or not is_number, "which unit?"
    parameters = [key for key in inspect.signature(function).parameters if key not in ("self", "cls", "models")]
    missing = [key for key in parameters if f"``{key}``" not in text]
    assert not missing, "parameters that the docstring leaves out"
    takes = [key for key in inspect.signature(function).parameters if key not in ("self", "cls")]
    assert ("Raises" in text) == bool(takes and name not in NEVER_FAIL), "which errors?"


NEVER_FAIL = {"list_views", "Difference.about", "census"}
"""What takes parameters and raises nothing."""


@pytest.mark.parametrize("name", [name for name in archdraw.__all__ if inspect.isclass(getattr(archdraw, name))])
def test_every_public_class_is_documented(name: str) -> None:
    text = inspect.getdoc(getattr(archdraw, name)) or ""
    assert len(text.split()) > 5
    assert not text.startswith(f"{name}("), "made by dataclass"


WITH_EXAMPLES = [
    ".".join(file.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted(SOURCE.rglob("*.py"))
    if re.search(r"^\s*>>> ", file.read_text("utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_in_docstrings_run(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("name", [name for name, value in PUBLIC.items() if "." not in name])
def test_every_public_function_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(PUBLIC[name]) or "")


def python_blocks() -> Iterator[Any]:
    """The Python blocks of the documents but those that are files of their own, which other tests run."""
    for file in (ROOT / "docs" / "python.md", ROOT / "README.md"):
        for number, block in enumerate(re.findall(r"^```python\n(.*?)^```", file.read_text("utf-8"), re.M | re.S)):
            yield pytest.param(block, id=f"{file.name}-{number}")


@pytest.mark.parametrize("block", list(python_blocks()))
def test_examples_in_documents_run(block: str, tmp_path: Path) -> None:
    spec = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)[0]
    (tmp_path / "small.yaml").write_text(spec, "utf-8")
    environment_free = [sys.executable, "-c", block]
    done = subprocess.run(environment_free, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_is_loaded_and_a_file_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert archdraw.load("gpt-2").slug == "gpt-2"
    text = (ROOT / "specs" / "gpt-2.yaml").read_text("utf-8").replace("GPT-2 124M", "Mine")
    (tmp_path / "gpt-2").write_text(text, "utf-8")
    assert archdraw.load("gpt-2").name == "Mine"


def test_a_picture_in_another_format_is_not_laid_out_again() -> None:
    model = archdraw.load("gpt-2")
    scene = model.scene()
    assert model.scene("plate", "light", ()) is scene
    dark = model.scene(theme="dark")
    assert dark is not scene
    assert dark != scene
    assert model.scene() == scene
    assert model.scene("card") != scene


def test_a_theme_whose_file_has_changed_is_read_again(tmp_path: Path) -> None:
    model, theme = archdraw.load("gpt-2"), tmp_path / "own.yaml"
    theme.write_text("like: light", "utf-8")
    before = model.scene(theme=theme)
    theme.write_text("like: dark", "utf-8")
    assert model.scene(theme=theme) == model.scene(theme="dark") != before


def test_a_picture_that_is_kept_still_warns(tmp_path: Path) -> None:
    model = archdraw.Model.from_text(
        """name: "Tiny 1 \u6587"
hidden_size: 8
vocab_size: 10
layers: [embedding]
"""
    )
    found = []
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                model.scene()
                found.append([str(warning.message) for warning in caught])
            except archdraw.InputError as error:  # no font of this computer has the letter
                found.append([str(error)])
    assert found[0] == found[1]
    assert found[0]


def test_a_model_from_text() -> None:
    text = (ROOT / "specs" / "gpt-2.yaml").read_text("utf-8")
    model = archdraw.Model.from_text(text)
    assert model.facts == archdraw.load("gpt-2").facts
    assert model.slug == "gpt-2-124m"
    assert archdraw.Model.from_text(text, slug="").slug == ""
    with pytest.raises(archdraw.InputError, match=r"^mine\.yaml:1:1: error: a spec needs"):
        archdraw.Model.from_text("name: x\n", file="mine.yaml")


def test_blocks_by_path() -> None:
    model = archdraw.load("deepseek-v3")
    blocks = dict(model.walk())
    assert len(blocks) == len(list(model.walk()))
    for path, block in blocks.items():
        assert model.at(path) is block
    assert model.at("layer.dense/mlp/gate_proj") is blocks["layers/layer.dense/mlp/gate_proj"]
    with pytest.raises(archdraw.ArchdrawError) as raised:
        model.at("mlp/gate")
    assert str(raised.value) == (
        "several blocks of DeepSeek V3 are named mlp/gate: layers/layer/mlp/gate, mtp/layer/mlp/gate"
    )
    with pytest.raises(archdraw.ArchdrawError) as raised:
        model.at("xyz")
    assert str(raised.value) == "no block named xyz in DeepSeek V3"

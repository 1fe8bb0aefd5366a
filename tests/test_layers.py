"""The house: who may import whom, and the one home of each outside library. The rule stands here and nowhere else."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "archdraw"

# layer: (its modules, the other layers that it may import). A package stands for all in it.
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "ground": (
        {"errors", "resources", "source", "files", "cache", "model_files", "glossary", "records", "version", "front"}
        | {"doors", "installed", "by_need", "checks", "checked", "models", "lengths"},
        set(),
    ),
    "model": ({"tree", "kinds", "spec", "weights", "readers", "analysis"}, {"ground"}),
    "drawing": (
        {
            "contrast",
            "edges",
            "cells",
            "remarks",
            "figures",
            "profile",
            "sizing",
            "parts",
            "picture",
            "fonts",
            "fontdata",
            "setters",
            "typesetting",
            "theme",
            "layout",
            "scene",
            "shapes",
        },
        {"ground"},
    ),
    "linting": ({"lint"}, {"ground", "drawing"}),
    "writers": ({"writers"}, {"ground", "drawing"}),
    "views": ({"views"}, {"ground", "model", "drawing"}),
    "shell": (
        {"__init__", "__main__", "model", "pictured", "pictures", "outputs", "catalog", "app", "site", "cli"}
        | {"provenance", "drawn_with", "documents", "notebook", "schemas", "watch", "language"},
        {"ground", "model", "drawing", "linting", "writers", "views"},
    ),
}

# Within a layer, what stays simple: a writer sees a scene and the letters in it, geometry sees a scene.
NARROW: dict[str, set[str]] = {
    "writers": {"writers", "scene", "fonts", "errors", "doors", "contrast"},
    "scene": {"shapes"},
    "shapes": set(),
    "tree.blocks": {"glossary", "tree.roles", "tree.keys"},
    "tree.keys": {"tree.roles"},
    "tree.roles": set(),
    "weights": {"weights", "tree.blocks", "tree.walks", "errors", "source", "doors"},
    "lint.geometry": {"scene"},
    "fonts": {"fontdata", "errors", "scene", "setters"},
    "setters": {"scene"},
    "typesetting": {"typesetting", "fonts", "setters", "scene", "errors"},
}

# How classes of named fields are written: a word of the language, as it were.
EVERYWHERE = "records"

# outside library: the modules that may import it.
HOMES: dict[str, set[str]] = {
    "yaml": {"source"},
    "click": {"cli"},
    "svgwrite": {"writers._drawing"},
    "cairosvg": {"writers._cairo"},
    "reportlab": {"writers.pdf", "writers._keeping", "writers._reportlab"},
    "resvg": {"writers.png"},
    "PIL": {"writers._pixels"},
    "zlib_ng": {"writers._pixels"},
    "pptx": {"writers._powerpoint"},
    "graphviz": {"layout.diagram.ranks"},
    "pydantic": {"models", "app.options", "app.schemas"},
    "pydantic_core": {"models"},
    "rich": {"cli._terminal"},
    "jinja2": {"site.templating"},
    "latex2mathml": {"site.formulas"},
    "markupsafe": {"site.templating"},
    "sphinx": {"documents.sphinx"},
    "docutils": {"documents.sphinx"},
    "pymdownx": {"documents.markdown"},
    "huggingface_hub": {"readers.hub"},
    "torch": {"weights.building"},
    "transformers": {"weights.building"},
    "pygls": {"language.protocol"},
    "lsprotocol": {"language.protocol"},
    "pyarrow": {"app.census.files"},
    "distributed": {"cli.census"},
    "fontTools": {"fontdata.generate", "typesetting"},
    "uharfbuzz": {"typesetting.shaping"},
    "watchfiles": {"watch.changes"},
    "fontpkg_inter": {"fontdata.generate"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(file: Path) -> str:
    """``kinds.base`` for src/archdraw/kinds/base.py; a package has its own name, the whole package ``__init__``."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of all modules that a source imports, anywhere in it."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                if module == "archdraw":
                    yield from (f"archdraw.{name.name}" for name in names)
                else:
                    yield module
            case ast.ImportFrom():
                yield "."


@cache
def imports_in(file: Path) -> ast.Module:
    """The imports of the source in ``file``, wherever they stand, and nothing else of it: each source is read once."""
    tree = ast.parse(file.read_text("utf-8"), str(file))
    return ast.Module([node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)], [])


@cache
def imports_of(file: Path) -> frozenset[str]:
    return frozenset(imported(imports_in(file)))


def layer_of(name: str) -> str:
    top = name.split(".")[0]
    found = [layer for layer, (members, _) in LAYERS.items() if top in members]
    assert len(found) == 1, f"{name} stands in {len(found)} layers; give it one in {Path(__file__).name}"
    return found[0]


def stands_in(name: str, places: set[str]) -> bool:
    """Whether a module is one of ``places`` or in one that is a package."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_imports_go_one_way() -> None:
    """One test for all modules: a test by itself takes longer than what it would look at."""
    assert [line for file in FILES for line in wrong_imports(file)] == []


def wrong_imports(file: Path) -> list[str]:
    name = module_name(file)
    own, wrong = layer_of(name), []
    for target in imports_of(file):
        assert target != ".", f"{name} imports relatively; write the full name"
        if target == "archdraw" or not target.startswith("archdraw."):
            continue
        below = target.removeprefix("archdraw.")
        if not (PACKAGE / below.split(".")[0]).exists() and not (PACKAGE / f"{below.split('.')[0]}.py").exists():
            continue  # a name of the package itself: from archdraw import __version__
        if layer_of(below) not in LAYERS[own][1] | {own}:
            wrong.append(f"{name} ({own}) imports {below} ({layer_of(below)})")
        if below == EVERYWHERE:
            continue
        for narrow, allowed in NARROW.items():
            if stands_in(name, {narrow}) and not stands_in(below, allowed):
                wrong.append(f"{name} imports {below}, not one of {sorted(allowed)}")
    return wrong


def test_outside_libraries_have_one_home() -> None:
    wrong = []
    for file in FILES:
        name = module_name(file)
        for library in {target.split(".")[0] for target in imports_of(file)}:
            if library in ("archdraw", "__future__") or library in sys.stdlib_module_names:
                continue
            if not stands_in(name, HOMES.get(library, set())):
                home = sorted(HOMES.get(library, ())) or f"not yet in {Path(__file__).name}"
                wrong.append(f"{name} imports {library}; its home is {home}")
    assert wrong == []


def test_no_home_stands_empty() -> None:
    used = {target.split(".")[0] for file in FILES for target in imports_of(file)}
    assert set(HOMES) <= used


def test_no_file_is_long() -> None:
    """300 lines at most, as the rules say."""
    long = {module_name(file): count for file in FILES if (count := len(file.read_text("utf-8").splitlines())) > 300}
    assert not long


def modules_run(file: Path, name: str, modules: Collection[str]) -> set[str]:
    """Which of ``modules`` run where the one ``name`` in ``file`` is: those imported, and the packages around them.

    To import a.b runs a first, unless it is there already because ``name`` is in it.
    """
    found = modules_imported(file, modules)
    around = {".".join(one.split(".")[:length]) for one in found for length in range(1, one.count(".") + 1)}
    return found | {one for one in around & set(modules) if not f"{name}.".startswith(f"{one}.")}


def modules_imported(file: Path, modules: Collection[str]) -> set[str]:
    """Which of ``modules`` the source in ``file`` imports: a name of a package may be a module in it."""
    found: set[str] = set()
    for node in ast.walk(imports_in(file)):
        match node:
            case ast.Import(names=names):
                found.update(name.name.removeprefix("archdraw.") for name in names)
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("archdraw."):
                package = module.removeprefix("archdraw.")
                found.update(inner if (inner := f"{package}.{name.name}") in modules else package for name in names)
    return found & set(modules)


def test_no_circle_between_modules() -> None:
    """Also not by imports inside of functions: the order in which modules could be learned."""
    names = {module_name(file): file for file in FILES}
    graph = {name: modules_run(file, name, names) - {name} for name, file in names.items()}
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_a_circle_is_found(tmp_path: Path) -> None:
    sources = {"a": "from archdraw.b import x", "b": "import archdraw.b.c", "b.c": "def f():\n    import archdraw.a"}
    graph = {}
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
        graph[name] = modules_imported(tmp_path / name, sources)
    with pytest.raises(CycleError):
        tuple(TopologicalSorter(graph).static_order())


def test_a_circle_through_a_package_is_found(tmp_path: Path) -> None:
    """To import b.c runs b, which imports a."""
    sources = {"a": "import archdraw.b.c", "b": "import archdraw.a", "b.c": ""}
    graph = {}
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
        graph[name] = modules_run(tmp_path / name, name, sources)
    with pytest.raises(CycleError):
        tuple(TopologicalSorter(graph).static_order())


def test_the_layers_form_no_circle() -> None:
    settled: set[str] = set()
    for layer, (_, below) in LAYERS.items():
        assert below <= settled, f"{layer} imports a layer that stands after it"
        settled.add(layer)


def test_the_rule_sees_imports_wherever_they_stand() -> None:
    source = "import a.b\ndef f():\n    from archdraw.kinds import base\nfrom archdraw import scene\nfrom . import y"
    assert set(imported(ast.parse(source))) == {"a.b", "archdraw.kinds", "archdraw.scene", "."}

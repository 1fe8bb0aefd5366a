"""What can be added to archdraw, in this package or from another one, is found here and nowhere else.

Each :class:`Door` leads to one set of things. Our own are modules of a package (or files of a folder), those of other
packages are `entry points <https://packaging.python.org/specifications/entry-points/>`_ of the door's group. Names are
listed without importing what they name; a thing is imported when it is asked for. A fault of another package never
hides what else there is: what is asked for by name raises an error that names the package, what is loaded as part of a
set is left out with a :class:`PluginWarning`.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cache, lru_cache, reduce
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from archdraw.errors import ArchdrawError, nearest
from archdraw.installed import adds_to
from archdraw.records import record
from archdraw.resources import profiles_folder, themes_folder

Thing = TypeVar("Thing")


class PluginError(ArchdrawError):
    """Another package offers something that cannot be used; its own exception, if there is one, is the cause."""


class PluginWarning(UserWarning):
    """Another package offers something that cannot be used and is left out; ``error`` says why."""

    def __init__(self, error: PluginError) -> None:
        super().__init__(str(error))
        self.error = error


@record
class Found:
    """Something that was found and not yet imported.

    ``target`` is ``module`` or ``module:attribute``, as in entry points; that of a theme is a file, or from another
    package the package that holds it. ``distribution`` is the name and version of the other package, else empty.
    """

    name: str
    target: str
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.target} of {self.distribution or 'archdraw'}"

    def load(self) -> Any:
        """Imports the target; raises whatever the import raises, :class:`AttributeError` for an absent attribute."""
        module, _, attribute = self.target.partition(":")
        return reduce(getattr, filter(None, attribute.split(".")), import_module(module))


@record
class Door:
    """One set of things that can be added.

    ``noun`` is what one of them is called in messages, ``group`` the group of entry points, ``own`` finds those of
    archdraw itself. ``wanted`` says in messages what an entry point has to lead to.
    """

    noun: str
    group: str
    own: Callable[[], Iterable[Found]]
    wanted: str

    def found(self) -> tuple[Found, ...]:
        """Our own things by name, then those of other packages by package and name."""
        return (*sorted(self.own(), key=lambda one: one.name), *self.plugged())

    def plugged(self) -> tuple[Found, ...]:
        """What other packages add, by package and name."""
        return tuple(found for group, found in _entry_points() if group == self.group)

    def names(self) -> tuple[str, ...]:
        """All names in alphabetical order, each once, without importing anything that they name."""
        return tuple(sorted({one.name for one in self.found()}))

    def unknown(self, name: str, known: Iterable[str] = (), more: str = "") -> str:
        """What is said of a name that there is not; ``known`` are the names that there are, if not those of this door.

        ``more`` is another choice than a name, in words.
        """
        names = tuple(known) or self.names()
        hint = nearest(name, names)
        choice = ", ".join((*names, more) if more else names)
        return f"unknown {self.noun} {name!r}" + (f"; {hint}" if hint else f" (choose from {choice})")

    def find(self, name: str) -> Found:
        """The one of that name. Raises :class:`ArchdrawError` where there is none, and where there are several."""
        named = [one for one in self.found() if one.name == name]
        if not named:
            raise ArchdrawError(self.unknown(name))
        if len(named) > 1:
            raise self.clash(name, named)
        return named[0]

    def load(self, name: str, fits: Callable[[Any], bool] = callable) -> Any:
        """The thing of that name, imported.

        Raises :class:`ArchdrawError` as :meth:`find`, :class:`PluginError` where another package's cannot be imported
        or does not fit, :class:`TypeError` where one of our own does not fit.
        """
        found = self.find(name)
        try:
            thing = found.load()
            if not fits(thing):
                raise TypeError(f"it is {thing!r}, not {self.wanted}")
        except (Exception, SystemExit) as error:
            if not found.distribution:
                raise
            raise self.broken(found, error) from error
        return thing

    def file(self, name: str) -> AbstractContextManager[Path]:
        """The file ``NAME.yaml``, while the context lasts, behind a door that leads to files.

        Raises :class:`ArchdrawError` as :meth:`find`, :class:`PluginError` where another package has no such file.
        """
        found = self.find(name)
        if not found.distribution:
            return nullcontext(Path(found.target))
        from importlib.resources import as_file, files

        try:
            file = files(found.target) / f"{name}.yaml"
            if not file.is_file():
                raise FileNotFoundError(f"{name}.yaml is not in {found.target}")
            return as_file(file)
        except Exception as error:
            raise self.broken(found, error) from error

    def gather(self, parts: Callable[[Any], Iterable[Thing]]) -> Iterator[tuple[Found, Thing]]:
        """What ``parts`` finds in each module or object that the door leads to, and where it was found.

        A package stands for all modules in it. Of another package, what cannot be imported and what has no parts is
        left out with a :class:`PluginWarning`.
        """
        for found in self.found():
            faults: list[PluginError] = []
            gathered = list(self._opened(found, parts, faults))
            if found.distribution and not gathered and not faults:
                faults.append(PluginError(f"{self._entry(found)} adds no {self.noun}: it has to be {self.wanted}"))
            for fault in faults:
                warnings.warn(PluginWarning(fault), stacklevel=2)
            yield from gathered

    def keyed(
        self, parts: Callable[[Any], Iterable[Thing]], names: Callable[[Thing], Iterable[str]]
    ) -> dict[str, Thing]:
        """What :meth:`gather` finds under each of its ``names``, in the order of finding.

        Raises :class:`ArchdrawError` where two have one name.
        """
        known: dict[str, tuple[Found, Thing]] = {}
        for found, thing in self.gather(parts):
            for name in names(thing):
                other, first = known.setdefault(name, (found, thing))
                if first is not thing:
                    raise self.clash(name, (other, found))
        return {name: thing for name, (_, thing) in known.items()}

    def clash(self, name: str, named: Sequence[Found]) -> ArchdrawError:
        """The error where several things have one name: it names them all, and the packages that bring them."""
        packages = list(dict.fromkeys(one.distribution for one in named if one.distribution))
        hint = f"; uninstall {' or '.join(packages)}" if packages else ""
        return ArchdrawError(f"{len(named)} {self.noun}s are named {name!r}: {' and '.join(map(str, named))}{hint}")

    def broken(self, found: Found, error: BaseException) -> PluginError:
        """The error where another package's thing cannot be used: it names the package and the entry point.

        Its cause is ``error``, for those who ask for the traceback.
        """
        broken = PluginError(f"{self._entry(found)} cannot be used: {type(error).__name__}: {error}")
        broken.__cause__ = error
        return broken

    def _entry(self, found: Found) -> str:
        return f"the entry point {found.name} = {found.target} ({self.group}) of {found.distribution}"

    def _opened(
        self, found: Found, parts: Callable[[Any], Iterable[Thing]], faults: list[PluginError]
    ) -> Iterator[tuple[Found, Thing]]:
        """What ``parts`` finds in the target of ``found``, and in the modules below it, at any depth.

        Faults of another package are added to ``faults``.
        """
        try:
            thing = found.load()
            mine = tuple(parts(thing))
        except (Exception, SystemExit) as error:
            if not found.distribution:
                raise
            faults.append(self.broken(found, error))
            return
        yield from ((found, part) for part in mine)
        if isinstance(thing, ModuleType):
            for module in pkgutil.iter_modules(getattr(thing, "__path__", ())):
                yield from self._opened(replace(found, target=f"{thing.__name__}.{module.name}"), parts, faults)


def listed(thing: Any, name: str, kind: type[Thing]) -> Iterator[Thing]:
    """``thing`` itself where it is a ``kind``, else those in the list ``name`` of the module ``thing``, if it has one.

    Raises :class:`TypeError` for anything else in that list.
    """
    for one in (thing,) if isinstance(thing, kind) else getattr(thing, name, ()):
        if not isinstance(one, kind):
            raise TypeError(f"{name} holds {one!r}, which is no {kind.__name__}")
        yield one


@cache
def _entry_points() -> tuple[tuple[str, Found], ...]:
    """Every entry point of our groups with its group, by package and name. Nothing that they name is imported."""
    if not adds_to("archdraw."):
        return ()
    from importlib.metadata import entry_points

    found: list[tuple[str, Found]] = []
    everything = entry_points()
    for door in DOORS:
        for point in everything.select(group=door.group):
            package = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
            # Extras in brackets say what else would have to be installed.
            found.append((door.group, Found(point.name, point.value.partition("[")[0].strip(), package)))
    return tuple(sorted(found, key=lambda one: (one[1].distribution.casefold(), one[1].name)))


def _modules(package: str, attribute: str) -> Callable[[], Iterator[Found]]:
    """Finds the modules of ``package`` by name; those that begin with an underscore are parts of others.

    The package is not imported for it: which views there are is asked for by commands that draw none. One that has been
    imported says itself where its modules are.
    """

    def modules() -> Iterator[Found]:
        top, *below = package.split(".")
        places = [os.path.join(place, *below) for place in import_module(top).__path__]  # noqa: PTH118
        if package in sys.modules:
            places = list(sys.modules[package].__path__)
        for name in _names_in(tuple(places)):
            yield Found(name, f"{package}.{name}:{attribute}")

    return modules


@lru_cache(maxsize=64)
def _names_in(places: tuple[str, ...]) -> tuple[str, ...]:
    """The modules in the folders ``places``, read once: each picture asks for its view and its writer."""
    return tuple(module.name for module in pkgutil.iter_modules(places) if not module.name.startswith("_"))


def _package(package: str) -> Callable[[], Iterator[Found]]:
    """Finds ``package`` itself, which stands for all that is in it."""
    return lambda: iter((Found(package, package),))


def _theme_files() -> Iterator[Found]:
    for file in themes_folder().glob("*.yaml"):
        yield Found(file.stem, str(file))


def _profile_files() -> Iterator[Found]:
    for file in profiles_folder().glob("*.yaml"):
        yield Found(file.stem, str(file))


KINDS = Door("kind", "archdraw.kinds", _package("archdraw.kinds"), "a Kind with a keyword, or a module of kinds")
TEMPLATES = Found("templates", "archdraw.spec.shipped:Shipped")
"""What reads the templates among the kinds: the reader of specs, which knows the kinds and is not known to them."""
READERS = Door(
    "reader", "archdraw.readers", _package("archdraw.readers.families"), "a Family, or a module with FAMILIES"
)
CONVENTIONS = Door(
    "weight convention",
    "archdraw.conventions",
    _package("archdraw.weights.conventions"),
    "a Convention, or a module with CONVENTIONS",
)
VIEWS = Door("view", "archdraw.views", _modules("archdraw.views.single", "draw"), "a function that draws one model")
VIEWS_OF_SEVERAL = Door("view", "archdraw.views_of_several", _modules("archdraw.views.several", "VIEW"), "a Several")
FORMATS = Door("format", "archdraw.formats", _modules("archdraw.writers", "write"), "a function that writes a scene")
THEMES = Door("theme", "archdraw.themes", _theme_files, "a package that holds the file of that name, NAME.yaml")
PROFILES = Door("profile", "archdraw.profiles", _profile_files, "a package that holds the file of that name, NAME.yaml")
COMMANDS = Door("command", "archdraw.commands", _modules("archdraw.cli", "command"), "a click.Command")

DOORS = (KINDS, READERS, CONVENTIONS, VIEWS, VIEWS_OF_SEVERAL, FORMATS, THEMES, PROFILES, COMMANDS)

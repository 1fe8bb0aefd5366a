"""A config.json as a reader sees it: every value asked for by name and type, and what was never asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from archdraw.errors import nearest
from archdraw.readers.traced import Origin, Path, origins_of, traced
from archdraw.tree.runs import MOST_LAYERS

LARGEST = 1_000_000_000
"""No size in a config is larger; the same bound as in a spec."""

LAYER_COUNTS = frozenset(
    [
        *("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers", "num_blocks", "depth"),
        *("encoder_layers", "decoder_layers", "num_encoder_layers", "num_decoder_layers", "num_nextn_predict_layers"),
        *("num_mtp_modules", "mtp_num_hidden_layers", "first_k_dense_replace", "num_dense_layers"),
    ]
)
"""Keys that count layers: no model has more than :data:`archdraw.tree.runs.MOST_LAYERS`."""


class Complaint:
    """One thing that is wrong with a config: a message, the path of the key that is at fault, and a way out."""

    def __init__(self, message: str, path: Path, hint: str = "") -> None:
        self.message, self.path, self.hint = message, path, hint


class UnreadableError(Exception):
    """Ends the reading of a config: there is a complaint about a value that no placeholder can stand for."""


_Number = TypeVar("_Number", int, float)


class _Required:
    """Marks an argument that was not given."""


REQUIRED: Any = _Required()


class Config:
    """One mapping of a config.json, which remembers what was read from it.

    Each method takes the names that a value goes by (``integer("num_hidden_layers", "n_layer")``) and returns the value
    under the first that is there and not null; all of those names count as read. Without ``default`` the value must be
    there. What is missing or of another type is noted in ``complaints`` and a placeholder returned, so that one run
    finds every fault; a value that is absent takes ``default``, the default of the family's class, with a comment.
    Numbers and texts remember the key that they were read from (:mod:`archdraw.readers.traced`).
    """

    def __init__(self, data: Mapping[str, Any], path: tuple[str, ...] = (), parent: Config | None = None) -> None:
        self.data = data
        self.path = path
        self.complaints: list[Complaint] = parent.complaints if parent else []
        self.incomplete: list[str] = parent.incomplete if parent else []
        self.warnings: list[Complaint] = parent.warnings if parent else []
        self._read: set[str] = set()
        self._ignored: set[str] = set()
        self._defaults: dict[str, int] = {}
        self._sections: dict[str, Config] = {}

    def __contains__(self, name: str) -> bool:
        """Whether there is a value under ``name`` that is not null. Does not count as reading it."""
        return self.data.get(name) is not None

    def raw(self, *names: str) -> Any:
        """The value under the first of ``names`` that is there and not null, whatever it is, else None."""
        self._read.update(names)
        return next((self.data[name] for name in names if self.data.get(name) is not None), None)

    def integer(self, *names: str, default: int | Any = REQUIRED, least: int = 1) -> int:
        """A whole number from ``least`` to a billion, or to the most layers that a model may have."""
        given, name = self._value(names, default)
        value = int(given) if isinstance(given, float) and given.is_integer() else given
        if value is REQUIRED or isinstance(value, bool) or not isinstance(value, int):
            return int(self._wrong(names, name, value, "a whole number", 1))
        most = LARGEST if LAYER_COUNTS.isdisjoint(names) else MOST_LAYERS
        if not least <= value <= most:
            self.complain(f"{name} {value:,} is not between {least:,} and {most:,}", name)
            return least
        return self._traced(value, given, names[0], name)

    def optional_integer(self, *names: str, least: int = 1) -> int | None:
        """A whole number, or None where it is absent or null."""
        known = any(name in self or name in self._defaults for name in names)
        return self.integer(*names, least=least) if known else self.raw(*names)

    def number(self, *names: str, default: float | Any = REQUIRED, more_than: float | None = None) -> float:
        """A finite number, above ``more_than`` if that is given."""
        value, name = self._value(names, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
            return float(self._wrong(names, name, value, "a number", 1.0))
        if more_than is not None and value <= more_than:
            self.complain(f"{name} must be more than {more_than:g}, not {value:g}", name)
            return more_than + 1.0
        return self._traced(float(value), value, names[0], name)

    def optional_number(self, *names: str) -> float | None:
        """A number, or None where it is absent or null."""
        return self.number(*names) if any(name in self for name in names) else self.raw(*names)

    def flag(self, *names: str, default: bool | Any = REQUIRED) -> bool:
        """true or false."""
        value, name = self._value(names, default)
        if not isinstance(value, bool):
            return bool(self._wrong(names, name, value, "true or false", False))
        return value

    def text(self, *names: str, default: str | Any = REQUIRED) -> str:
        """A text."""
        value, name = self._value(names, default)
        if not isinstance(value, str):
            return str(self._wrong(names, name, value, "a text", ""))
        return traced(value, origins=self._origins(value, names[0], name), is_direct=True)

    def integers(self, *names: str, default: list[int] | Any = REQUIRED) -> list[int]:
        """A list of whole numbers."""
        return self._list(names, default, int, "whole numbers")

    def numbers(self, *names: str, default: list[float] | Any = REQUIRED) -> list[float]:
        """A list of numbers."""
        return self._list(names, default, (int, float), "numbers")

    def texts(self, *names: str, default: list[str] | Any = REQUIRED) -> list[str]:
        """A list of texts."""
        return self._list(names, default, str, "texts")

    def section(self, *names: str) -> Config | None:
        """The mapping under the first of ``names`` that is there, None for none. Its keys are watched like these."""
        value, name = self._value(names, None)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self._wrong(names, name, value, "a mapping", None)
            return None
        if name not in self._sections:
            self._sections[name] = Config(value, (*self.path, name), self)
        return self._sections[name]

    def ignore(self, *names: str) -> None:
        """Marks ``names`` as without bearing on the structure: training, generation, numeric precision."""
        self._ignored.update(names)

    def set_aside(self, read: Callable[[Config], object]) -> None:
        """Counts the keys that ``read`` asks for as read: those of a part that this model has in none of its layers.

        What is missing or wrong among them is without bearing, as long as there is no such part.
        """
        apart = Config(self.data, self.path)
        with suppress(UnreadableError):
            read(apart)
        self._take_over(apart)

    def _take_over(self, other: Config) -> None:
        self._read |= other._read
        self._ignored |= other._ignored
        for name in other._sections:
            section = self.section(name)
            if section is not None:
                section._take_over(other._sections[name])

    def defaults(self, **sizes: int) -> None:
        """Gives ``sizes`` that the file may leave out, as its class would: they hold where no default is named.

        Those that are given first stay: a model that holds another one has defaults of its own for it.
        """
        self._defaults = sizes | self._defaults

    def per_layer(self, values: list[Any], layers: int, name: str, *, longer: str = "") -> list[Any]:
        """The first ``layers`` of ``values``, a list of the config under ``name`` with an entry for each layer.

        A list that is too short is a fault; so is a longer one unless ``longer`` names what the rest is ("MTP layers").
        An empty one ends the reading: no layer is there that could stand for the others.
        """
        if len(values) < layers or (len(values) > layers and not longer):
            self.complain(
                f"{name} has {len(values)} entries for {layers} layers", name, "one of the two is not this model's"
            )
            if not values:
                raise UnreadableError
            return (values + values[-1:] * layers)[:layers]
        return values[:layers]

    def complain(self, message: str, name: str = "", hint: str = "") -> None:
        """Notes a fault: the config is refused once everything is read."""
        self.complaints.append(Complaint(message, (*self.path, name) if name else self.path, hint))

    def warn(self, message: str, name: str = "") -> None:
        """Notes what is worth a warning: a choice between values that contradict each other."""
        self.warnings.append(Complaint(message, (*self.path, name) if name else self.path))

    def mark_incomplete(self, reason: str) -> None:
        """Notes that the drawing cannot be whole, in a few words: the spec is marked incomplete for this reason."""
        if reason not in self.incomplete:
            self.incomplete.append(reason)

    def unread(self) -> Iterator[tuple[str, ...]]:
        """Paths of all keys that nothing asked for and that are not marked as ignored, in the file's order."""
        for name in self.data:
            if name in self._sections:
                yield from self._sections[name].unread()
            elif name not in self._read and name not in self._ignored:
                yield (*self.path, name)

    def ignored(self) -> Iterator[tuple[str, ...]]:
        """Paths of all keys that are there, were not read, and are marked as ignored."""
        for name in self.data:
            if name in self._sections:
                yield from self._sections[name].ignored()
            elif name in self._ignored and name not in self._read:
                yield (*self.path, name)

    def read_paths(self) -> Iterator[tuple[str, ...]]:
        """Paths of all keys that are there and were read, in the file's order."""
        for name in self.data:
            if name in self._sections:
                yield from self._sections[name].read_paths()
            elif name in self._read:
                yield (*self.path, name)

    def _value(self, names: tuple[str, ...], default: Any) -> tuple[Any, str]:
        self._read.update(names)
        for name in names:
            if self.data.get(name) is not None:
                return self.data[name], name
        if default is REQUIRED:
            default = next((self._defaults[name] for name in names if name in self._defaults), REQUIRED)
        return default, ""

    def _traced(self, value: _Number, given: object, asked: str, name: str) -> _Number:
        # The emitter leaves out a comment that is no more than the field's own name.
        comment = name or f"{asked} is not in the file: default of its class"
        return traced(value, comment, origins=self._origins(given, asked, name), is_direct=True)

    def _origins(self, given: object, asked: str, name: str) -> tuple[Origin, ...]:
        """Where a value comes from: one that was made of metadata remembers those, any other its key."""
        own = origins_of(given)
        if name:
            return own or (Origin((*self.path, name)),)
        return (Origin((*self.path, asked), is_default=True), *own)

    def _list(self, names: tuple[str, ...], default: Any, of: Any, what: str) -> list[Any]:
        value, name = self._value(names, default)
        if not isinstance(value, list) or not all(
            isinstance(item, of) and (of is bool or not isinstance(item, bool)) for item in value
        ):
            return list(self._wrong(names, name, value, f"a list of {what}", []))
        if not name:
            return list(value)
        return [
            traced(item, origins=origins_of(item) or (Origin((*self.path, name, index)),), is_direct=True)
            for index, item in enumerate(value)
        ]

    def _wrong(self, names: tuple[str, ...], name: str, value: Any, what: str, placeholder: Any) -> Any:
        """Complains of a value that is missing or no ``what``, and returns the ``placeholder`` for it."""
        if value is REQUIRED:
            near = nearest(names[0], (key for key in self.data if key not in self._read))
            self.complain(f"{names[0]} is missing", "", near or "this family has no default for it")
        else:
            quoted = "number" in what and isinstance(value, str) and value.strip().isdecimal()
            hint = "take away the quotes" if quoted else ""
            self.complain(f"{name or names[0]} must be {what}, not {shown(value)}", name, hint)
        return placeholder


def shown(value: object) -> str:
    """``value`` as JSON has it, in at most 40 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:39]}…"

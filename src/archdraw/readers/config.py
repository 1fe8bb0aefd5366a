"""A config.json as a reader sees it: every value asked for by name and type, and what was never asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from archdraw.errors import nearest

LARGEST = 1_000_000_000
"""No size in a config is larger; the same bound as in a spec."""


class Whole(int):
    """An integer from a config, with a comment for the spec: the key that it stands under, or where it comes from."""

    comment: str = ""


class Real(float):
    """A number from a config, with a comment for the spec."""

    comment: str = ""


class Words(str):
    """A text from a config, with a comment for the spec."""

    comment: str = ""


_Said = TypeVar("_Said", int, float, str)


def said(value: _Said, comment: str) -> _Said:
    """``value`` with a comment that the imported spec shows behind it: ``said(width // 2, "half of the width")``.

    Computed values lose the comment of what they were computed from; this gives them one.
    """
    made: Any
    if isinstance(value, str):
        made = Words(value)
    elif isinstance(value, int):
        made = Whole(value)
    else:
        made = Real(value)
    made.comment = comment
    return made  # type: ignore[no-any-return]


class Complaint:
    """One thing that is wrong with a config: a message, the path of the key that is at fault, and a way out."""

    def __init__(self, message: str, path: tuple[str, ...], hint: str = "") -> None:
        self.message, self.path, self.hint = message, path, hint


class _Required:
    """Marks an argument that was not given."""


REQUIRED: Any = _Required()


class Config:
    """One mapping of a config.json, which remembers what was read from it.

    Each method takes the names that a value goes by (``integer("num_hidden_layers", "n_layer")``) and returns the value
    under the first that is there and not null; all of those names count as read. Without ``default`` the value must be
    there. What is missing or of another type is noted in ``complaints`` and a harmless value returned, so that one run
    finds every fault; a value that is absent takes ``default``, the default of the family's class, with a comment.
    """

    def __init__(self, data: Mapping[str, Any], path: tuple[str, ...] = (), parent: Config | None = None) -> None:
        self.data = data
        self.path = path
        self.complaints: list[Complaint] = parent.complaints if parent else []
        self.incomplete: list[str] = parent.incomplete if parent else []
        self._read: set[str] = set()
        self._harmless: set[str] = set()
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
        """A whole number from ``least`` to a billion."""
        value, name = self._value(names, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is REQUIRED or isinstance(value, bool) or not isinstance(value, int):
            return int(self._wrong(names, name, value, "a whole number", 1))
        if not least <= value <= LARGEST:
            self.complain(f"{name} {value:,} is not between {least:,} and {LARGEST:,}", name)
            return least
        return said(value, self._comment(names[0], name))

    def optional_integer(self, *names: str, least: int = 1) -> int | None:
        """A whole number, or None where it is absent or null."""
        return self.integer(*names, least=least) if any(name in self for name in names) else self.raw(*names)

    def number(self, *names: str, default: float | Any = REQUIRED, more_than: float | None = None) -> float:
        """A finite number, where it is said above ``more_than``."""
        value, name = self._value(names, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
            return float(self._wrong(names, name, value, "a number", 1.0))
        if more_than is not None and value <= more_than:
            self.complain(f"{name} must be more than {more_than:g}, not {value:g}", name)
            return more_than + 1.0
        return said(float(value), self._comment(names[0], name))

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
        return value

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

    def harmless(self, *names: str) -> None:
        """Says that ``names`` have no bearing on the structure: training, generation, numeric precision."""
        self._harmless.update(names)

    def defaults(self, **sizes: int) -> None:
        """Gives ``sizes`` that the file may leave out, as its class would: they stand in where no default is named."""
        self._defaults |= sizes

    def per_layer(self, values: list[Any], layers: int, name: str, *, longer: str = "") -> list[Any]:
        """The first ``layers`` of ``values``, a list of the config under ``name`` with an entry for each layer.

        A list that is too short is a fault; so is a longer one unless ``longer`` says what the rest is ("MTP layers").
        """
        if len(values) < layers or (len(values) > layers and not longer):
            self.complain(
                f"{name} has {len(values)} entries for {layers} layers", name, "one of the two is not this model's"
            )
            return (values + values[-1:] * layers)[:layers] if values else [0] * layers
        return values[:layers]

    def complain(self, message: str, name: str = "", hint: str = "") -> None:
        """Notes a fault: the config is refused once everything is read."""
        self.complaints.append(Complaint(message, (*self.path, name) if name else self.path, hint))

    def not_known(self, reason: str) -> None:
        """Notes that the drawing cannot be whole, in a few words: the spec is marked incomplete for this reason."""
        if reason not in self.incomplete:
            self.incomplete.append(reason)

    def unread(self) -> Iterator[tuple[str, ...]]:
        """Paths of all keys that nothing asked for and that are not known to be harmless, in the file's order."""
        for name in self.data:
            if name in self._sections:
                yield from self._sections[name].unread()
            elif name not in self._read and name not in self._harmless:
                yield (*self.path, name)

    def without_bearing(self) -> Iterator[tuple[str, ...]]:
        """Paths of all keys that are there, were not read, and are known to be harmless."""
        for name in self.data:
            if name in self._sections:
                yield from self._sections[name].without_bearing()
            elif name in self._harmless and name not in self._read:
                yield (*self.path, name)

    def _value(self, names: tuple[str, ...], default: Any) -> tuple[Any, str]:
        self._read.update(names)
        for name in names:
            if self.data.get(name) is not None:
                return self.data[name], name
        if default is REQUIRED:
            default = next((self._defaults[name] for name in names if name in self._defaults), REQUIRED)
        return default, ""

    def _comment(self, asked: str, name: str) -> str:
        # The emitter leaves out a comment that says no more than the field's own name.
        return name or f"{asked} is not in the file: default of its class"

    def _list(self, names: tuple[str, ...], default: Any, of: Any, what: str) -> list[Any]:
        value, name = self._value(names, default)
        if not isinstance(value, list) or not all(
            isinstance(item, of) and (of is bool or not isinstance(item, bool)) for item in value
        ):
            return list(self._wrong(names, name, value, f"a list of {what}", []))
        return list(value)

    def _wrong(self, names: tuple[str, ...], name: str, value: Any, what: str, instead: Any) -> Any:
        if value is REQUIRED:
            near = nearest(names[0], (key for key in self.data if key not in self._read))
            self.complain(f"{names[0]} is missing", "", near or "nothing says how large it is")
        else:
            # As the file has it: 128.5 is a number with a fraction, "128" a text that needs no quotes.
            quoted = "number" in what and isinstance(value, str) and value.strip().isdecimal()
            written = json.dumps(value, ensure_ascii=False, default=str)[:40]
            hint = "take away the quotes" if quoted else ""
            self.complain(f"{name or names[0]} must be {what}, not {written}", name, hint)
        return instead

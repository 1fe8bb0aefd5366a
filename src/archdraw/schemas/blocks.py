"""What may stand where a block stands, as JSON Schema: keywords with their fields, bare names, lists, ``like``.

What is here says what each thing means, for completion and hover, and what each value may be. It is lenient in what
depends on the rest of the file: names of an author's own, and what a changed definition leaves out.
:mod:`archdraw.schemas.strict` adds what must hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

from archdraw.kinds.base import Family, Kind
from archdraw.schemas.types import Schema, Types, apart, either, markdown, nullable, ref
from archdraw.spec.annotations import expects

CHANGES = "changes"
"""The definition of what follows ``like``."""


class Blocks:
    """The definitions of all ``kinds``; those of blocks of some families are made as they are asked for."""

    def __init__(self, kinds: Mapping[str, type[Kind]]) -> None:
        self.kinds = kinds
        self.types = Types(self.block)
        self._wanted: dict[str, tuple[Family, ...]] = {}

    def block(self, families: tuple[Family, ...]) -> Schema:
        """What may stand where a block of ``families`` is expected, of any for none."""
        name = f"block.{'.'.join(sorted(families)) or 'any'}"
        self._wanted[name] = families
        return ref(name)

    def definitions(self) -> dict[str, Schema]:
        """All definitions by name: of kinds, of places for blocks, of parts of fields."""
        anything = self.block(())
        kinds = {f"kind.{name}": self._kind(kind) for name, kind in self.kinds.items()}
        about = {f"about.{name}": _about(kind) for name, kind in self.kinds.items()}
        made = {**kinds, **about, CHANGES: self._changes(kinds)}
        made |= {name: _place(name, families) for name, families in self._wanted.items()}
        for family in sorted({kind.family for kind in self.kinds.values()}):
            those = {name: kind for name, kind in self.kinds.items() if kind.family == family}
            made[f"keys.{family}"] = {"properties": {name: ref(f"kind.{name}") for name in those}}
            made[f"names.{family}"] = {"anyOf": [*map(_bare, filter(alone, those.values())), {}]}
        made["keys.any"] = {"allOf": [ref(name) for name in made if name.startswith("keys.")]}
        made["names.any"] = {"allOf": [ref(name) for name in made if name.startswith("names.")]}
        made |= {name: _lenient(part) for name, part in self.types.parts.items()}
        assert anything["$ref"].removeprefix("#/definitions/") in made
        return _shared(made)

    def families_of(self, name: str) -> tuple[Family, ...]:
        """The families that a place for blocks takes, by the name of its definition."""
        return self._wanted[name]

    def _kind(self, kind: type[Kind]) -> Schema:
        fields = {name: nullable(field) for name, field in self.types.fields(kind).items()}
        for former, name in kind.former.items():
            fields[former] = {**fields[name], "deprecationMessage": f"{former} is now called {name}"}
        about: Schema = {"title": title(kind), "allOf": [ref(f"about.{kind.keyword}")], **_snippet(kind)}
        made: Schema = {"type": ["object", "null"], "properties": fields, "additionalProperties": False}
        if kind.main is None:
            return {**about, **made}
        main = kind.model_fields[kind.main]
        if expects(main) is not None:
            # A mapping is of fields or is a block; which, is said by its keys.
            block = self.types.of(main.annotation, main.metadata)
            return {**about, "properties": fields, "allOf": [*about["allOf"], block]}
        value = self.types.of(main.annotation, main.metadata)
        return {**about, **either([made, *(_without(value, "null"))])}

    def _changes(self, kinds: Mapping[str, Schema]) -> Schema:
        """The fields of all kinds: what is changed in a definition may be of any of them."""
        alike: dict[str, list[Schema]] = {}
        for kind in kinds.values():
            for name, field in _fields(kind):
                alike.setdefault(name, []).append(field)
        return {"properties": {name: _of_several(those) for name, those in sorted(alike.items())}}


def _place(name: str, families: tuple[Family, ...]) -> Schema:
    """A place for a block of ``families``."""
    here = families or ("any",)
    title = f"a block: {' or '.join(one.replace('_', ' ') for one in families if one != 'block') or 'of any kind'}"
    return {
        "title": title,
        "type": ["object", "string", "array", "null"],
        "if": {"type": "object", "required": ["like"]},
        "then": ref(CHANGES),
        "else": {"allOf": [ref(f"keys.{family}") for family in here]},
        "allOf": [ref(f"names.{family}") for family in here],
        "properties": {"like": {"type": "string", "markdownDescription": _LIKE}},
        "items": apart(ref("block.any")),
    }


_LIKE = "A name from `define:`: that block, with what else stands here changed. `null` takes a field away."


def needed(kind: type[Kind]) -> list[str]:
    """The fields that ``kind`` needs."""
    return [name for name, info in kind.model_fields.items() if info.is_required()]


def alone(kind: type[Kind]) -> bool:
    """Whether the keyword of ``kind`` is a whole block by itself."""
    return not needed(kind)


def _bare(kind: type[Kind]) -> Schema:
    """A keyword by itself; its first sentence is shown beside it where it is completed."""
    first = markdown(kind.__doc__).partition("\n")[0]
    page = ref(f"about.{kind.keyword}")
    return {"title": title(kind), "const": kind.keyword, "description": first, "if": {}, "then": page}


def _snippet(kind: type[Kind]) -> Schema:
    """What is written where a keyword is completed: the fields that it needs."""
    body = {name: f"${place}" for place, name in enumerate(needed(kind), 1)}
    label = f"{kind.keyword}: what it needs"
    return {"defaultSnippets": [{"label": label, "body": body}]} if body else {}


def title(kind: type[Kind]) -> str:
    """What a kind is called."""
    return kind.term.text or kind.keyword


def _about(kind: type[Kind]) -> Schema:
    """The page of a kind: what it is, an example, where its formula is from."""
    page = f"{markdown(kind.__doc__)}\n\n```yaml\n{kind.example}\n```\n\nSource: {kind.source}"
    return {"markdownDescription": page}


def _lenient(part: Schema) -> Schema:
    """A part whose fields may be taken away, and are given in full by :mod:`archdraw.schemas.strict`."""
    fields = {name: nullable(field) for name, field in part["properties"].items()}
    kept = {key: value for key, value in part.items() if key != "required"}
    return {**kept, "type": ["object", "null"], "properties": fields}


def _without(value: Schema, name: str) -> list[Schema]:
    """The types of ``value`` but that of ``name``."""
    if isinstance(value.get("type"), list):
        kept = [one for one in value["type"] if one != name]
        return [{**value, "type": kept[0] if len(kept) == 1 else kept}]
    return [value]


def _of_several(those: list[Schema]) -> Schema:
    """A field as several kinds have it: what the most of them say, with the values that any of them takes."""
    counted = Counter(map(_frozen, those))
    most = max(those, key=lambda one: counted[_frozen(one)])
    if len(counted) == 1:
        return most
    said = {key: most[key] for key in ("markdownDescription",) if key in most}
    types = {_frozen(one): one for one in map(_type_of, those)}
    return {**said, "anyOf": [*types.values()]} if len(types) > 1 else {**said, **next(iter(types.values()))}


def _type_of(field: Schema) -> Schema:
    return {key: value for key, value in field.items() if key not in ("markdownDescription", "title")}


def _frozen(value: Any) -> str:
    return dumps(value, sort_keys=True)


def _shared(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """``definitions`` with fields that several have alike described once, as ``field.NAME``."""
    seen: dict[str, Counter[str]] = {}
    fields: dict[str, Schema] = {}
    for owner in definitions.values():
        for name, field in _fields(owner):
            seen.setdefault(name, Counter())[_frozen(field)] += 1
            fields.setdefault(_frozen(field), field)
    usual = {name: counted.most_common(1)[0] for name, counted in seen.items()}
    shared = {name: frozen for name, (frozen, times) in usual.items() if times > 1 and "$ref" not in fields[frozen]}

    def once(owner: Schema) -> Schema:
        if "properties" not in owner:
            return owner
        said = {
            name: ref(f"field.{name}") if shared.get(name) == _frozen(field) else field
            for name, field in owner["properties"].items()
        }
        return {**owner, "properties": said}

    made = {name: once(one) for name, one in definitions.items()}
    return {**made, **{f"field.{name}": fields[frozen] for name, frozen in sorted(shared.items())}}


def _fields(owner: Schema) -> Iterator[tuple[str, Schema]]:
    """The fields of a mapping, which may be one of two things that an author may write."""
    yield from owner.get("properties", {}).items()
    for one in owner.get("anyOf", ()):
        yield from _fields(one)

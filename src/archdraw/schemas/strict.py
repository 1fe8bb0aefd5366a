"""What must hold of a spec beyond the meaning of its values, as JSON Schema: keywords, names, fields that are needed.

Each demand holds for some specs only: a bare word may be a name where the spec has ``define:``, a keyword may be a
template's, and what ``like`` changes need not be whole. So each is a pass of its own over the blocks, made of the
definitions of :mod:`archdraw.schemas.blocks` by leaving out all that holds no block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archdraw.kinds.base import Family, Kind
from archdraw.schemas.blocks import CHANGES, alone, needed
from archdraw.schemas.types import Schema, apart, ref
from archdraw.spec.annotations import expects

KEYS, NAMES, NEEDS, WITHIN = "asks.keys", "asks.names", "asks.fields", "within"
"""Known keywords, known names, no field left out; and the text of a template, of which nothing is asked."""
_BELOW = "#/definitions/"
_NO_BLOCK = "no block is called this, or it needs fields: archdraw kinds lists all"


class Strict:
    """The definitions of a pass over those of blocks."""

    def __init__(
        self,
        demand: str,
        kinds: Mapping[str, type[Kind]],
        definitions: Mapping[str, Schema],
        families: Callable[[str], tuple[Family, ...]],
    ) -> None:
        self.demand, self.kinds, self.meanings, self.families = demand, kinds, definitions, families
        self.made: dict[str, Schema | bool] = {}

    def of(self, meaning: Schema) -> Schema | None:
        """What is asked of what ``meaning`` describes; None for nothing."""
        made: Schema = {}
        for key, value in meaning.items():
            match key:
                case "$ref":
                    target = self._definition(value.removeprefix(_BELOW))
                    if target:
                        made.update(target)
                case "items" | "additionalProperties" if isinstance(value, dict):
                    below = self.of(value)
                    if below:
                        made[key] = below
                case "properties":
                    fields = {name: self.of(field) for name, field in value.items()}
                    if kept := {name: field for name, field in fields.items() if field}:
                        made[key] = kept
                case "else":
                    if below := self.of(value):
                        made |= {"if": meaning["if"], "else": below}
                case "anyOf" | "allOf" if all(isinstance(one, dict) for one in value):
                    # One alternative at most holds blocks; the others hold values of other types.
                    for one in value:
                        made.update(self.of(one) or {})
        return made or None

    def _definition(self, name: str) -> Schema | None:
        """What is asked of the definition ``name``."""
        place = f"{self.demand}.{name}"
        if place in self.made:
            return ref(place) if self.made[place] else None
        if name.startswith("block."):
            self.made[place] = True
            self.made[place] = self._place(self.families(name))
        elif name.startswith("kind."):
            self.made[place] = True
            self.made[place] = self._kind(name, self.kinds[name.removeprefix("kind.")]) or False
        else:
            return self.of(self.meanings[name])
        return ref(place) if self.made[place] else None

    def _place(self, families: tuple[Family, ...]) -> Schema:
        here = {name: kind for name, kind in self.kinds.items() if not families or kind.family in families}
        blocks = apart(self._definition("block.any") or {})
        if self.demand == KEYS:
            made: Schema = {"properties": {name: self._definition(f"kind.{name}") or True for name in here}, **_CLOSED}
        else:
            made = {"allOf": [self._keys(family) for family in sorted({kind.family for kind in here.values()})]}
        if self.demand == WITHIN:
            words = dict.fromkeys(("then", "else", "do", "union"), blocks)
            return {**made, "properties": words, "items": blocks}
        changes = {"then": self._changes()} if self.demand != NEEDS else {}
        made = {"if": _LIKE, **changes, "else": made, "items": blocks}
        if self.demand == NAMES:
            bare = [name for name, kind in here.items() if alone(kind)]
            made["allOf"] = [{"if": {"type": "string"}, "then": {"enum": bare, "errorMessage": _NO_BLOCK}}]
        return made

    def _keys(self, family: Family) -> Schema:
        """What is asked of each kind of a family, by its keyword."""
        place = f"{self.demand}.keys.{family}"
        if place not in self.made:
            self.made[place] = True
            those = {name: kind for name, kind in self.kinds.items() if kind.family == family}
            asked = {name: self._definition(f"kind.{name}") for name in those}
            if self.demand == WITHIN:
                asked = {name: one or ref(f"about.{name}") for name, one in asked.items()}
            self.made[place] = {"properties": {name: one for name, one in asked.items() if one}}
        return ref(place)

    def _changes(self) -> Schema:
        """What is asked of changes to a definition: they need not be whole."""
        place = f"{self.demand}.{CHANGES}"
        if place not in self.made:
            self.made[place] = True
            fields = {name: self.of(field) for name, field in self.meanings[CHANGES]["properties"].items()}
            if self.demand == KEYS:
                closed = {"like": True, **{name: field or True for name, field in fields.items()}}
                self.made[place] = {"properties": closed, **_CLOSED}
            else:
                self.made[place] = {"properties": {name: field for name, field in fields.items() if field}}
        return ref(place)

    def _kind(self, name: str, kind: type[Kind]) -> Schema | None:
        meaning = self.meanings[name]
        made = self.of({key: value for key, value in meaning.items() if key == "properties"}) or {}
        if kind.main is not None and expects(kind.model_fields[kind.main]) is not None:
            return self._block_or_fields(meaning, made)
        if self.demand == NEEDS and (fields := needed(kind)):
            made["required"] = fields
            if kind.main is None:
                made["type"] = "object"
        return made or None

    def _block_or_fields(self, meaning: Schema, made: Schema) -> Schema | None:
        """Of a kind whose main field is a block: what stands there is one, unless its keys are fields."""
        fields = dict(made)
        if self.demand == KEYS:
            names = meaning["properties"]
            fields["properties"] = {**dict.fromkeys(names, True), **made.get("properties", {})}
            fields |= _CLOSED
        has_field = {"type": "object", "anyOf": [{"required": [name]} for name in meaning["properties"]]}
        main = self.of({"allOf": meaning["allOf"][1:]})
        return {"if": has_field, "then": fields, **({"else": main} if main else {})}


_LIKE: Schema = {"type": "object", "required": ["like"]}
_CLOSED: Schema = {"additionalProperties": False}

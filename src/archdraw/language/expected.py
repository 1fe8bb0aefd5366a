"""What may stand at a path of a spec: fields of which class, or blocks of which families.

It follows the types of fields, as the reader of specs and the schema do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from archdraw.checked import Checked
from archdraw.kinds.base import Expects, Family, Kind
from archdraw.language.cursor import Path
from archdraw.records import record
from archdraw.source import Document, MappingNode, Node, ScalarNode, child
from archdraw.spec import Spec


@record
class Fields:
    """A mapping of the fields of a class; in a kind whose main field is given alone, what that takes."""

    of: type[Checked]


@record
class Blocks:
    """A block of one of some families, of any for none."""

    families: tuple[Family, ...]


@record
class Each:
    """A list, or a mapping of names, of what is expected of each item."""

    of: Expected


Expected: TypeAlias = Fields | Blocks | Each | None


def expected(document: Document, path: Path, kinds: Mapping[str, type[Kind]], base: Mapping[str, Kind]) -> Expected:
    """What may stand at ``path`` of a spec; ``base`` are its definitions by name, which ``like`` changes.

    None for a value without blocks and fields in it.
    """
    found: Expected = Fields(Spec)
    node: Node | None = document.root
    for step in path:
        found = _below(found, node, step, kinds, base)
        node = child(node, step) if node is not None else None
    return found


def _below(
    found: Expected, node: Node | None, step: str | int, kinds: Mapping[str, type[Kind]], base: Mapping[str, Kind]
) -> Expected:
    match found:
        case Each(of=inner):
            return inner
        case Blocks():
            return _in_block(node, step, kinds, base)
        case Fields(of=cls):
            if issubclass(cls, Kind) and cls.main is not None and step not in cls.model_fields:
                # What stands there is the main field's: a list of blocks, or a block.
                return _below(_of_field(cls, cls.main), node, step, kinds, base)
            return _of_field(cls, str(step))
        case None:
            return None


def _in_block(
    node: Node | None, step: str | int, kinds: Mapping[str, type[Kind]], base: Mapping[str, Kind]
) -> Expected:
    """What is below a block: an item of a list is one, a keyword has fields, ``like`` those of what it changes."""
    if isinstance(step, int):
        return Blocks(())
    kind = changed_kind(node, base)
    if kind is not None:
        return _of_field(kind, step)
    return Fields(kinds[step]) if step in kinds else None


def changed_kind(node: Node | None, base: Mapping[str, Kind]) -> type[Kind] | None:
    """The kind of the definition that ``node`` changes by ``like``; None where it changes none."""
    like = node.entry("like") if isinstance(node, MappingNode) else None
    name = like.value.value if like is not None and isinstance(like.value, ScalarNode) else None
    return type(base[name]) if isinstance(name, str) and name in base else None


def _of_field(cls: type[Checked], name: str) -> Expected:
    info = cls.model_fields.get(name)
    return None if info is None else _of_type(info.annotation, tuple(info.metadata))


def _of_type(annotation: Any, marks: tuple[Any, ...] = ()) -> Expected:
    mark = next((one for one in marks if isinstance(one, Expects)), None)
    if mark is not None:
        return Blocks(mark.families)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of_type(arguments[0], (*arguments[1:], *marks))
    if origin in (Union, UnionType):
        members = (_of_type(one) for one in arguments if one is not NoneType)
        return next((one for one in members if one is not None), None)
    if origin in (tuple, list) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        inner = _of_type(arguments[0] if origin in (tuple, list) else arguments[1])
        return None if inner is None else Each(inner)
    return Fields(annotation) if isinstance(annotation, type) and issubclass(annotation, Checked) else None

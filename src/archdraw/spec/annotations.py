"""What the annotation of a field says about the block expressions in it."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from archdraw.checked import Checked
from archdraw.kinds.base import Expects
from archdraw.records import record
from archdraw.source import MappingNode, Node, ScalarNode, SequenceNode


@record
class Taken:
    """What an annotation says that values may be, without what stands beside it in ``Annotated``.

    ``origin`` and ``arguments`` are those of :mod:`typing`, ``mark`` is that of a block.
    """

    annotation: Any
    origin: Any
    arguments: tuple[Any, ...]
    mark: Expects | None

    @property
    def is_list(self) -> bool:
        """Whether it is a list or a tuple."""
        return self.origin in (tuple, list)


_MOST_KNOWN = 4096
# By identity, as not all that may stand in an annotation can be hashed; the annotation is kept with its answer.
_known: dict[int, tuple[Any, Taken]] = {}


def taken(annotation: Any) -> Taken:
    """What ``annotation`` says, found once: every value of every spec asks for it."""
    known = _known.get(id(annotation))
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[id(annotation)] = annotation, _taken(annotation)
    return known[1]


def _taken(annotation: Any) -> Taken:
    inner, marks = annotation, []
    while get_origin(inner) is Annotated:
        inner, *more = get_args(inner)
        marks += more
    mark = next((one for one in marks if isinstance(one, Expects)), None)
    return Taken(inner, get_origin(inner), get_args(inner), mark)


def expects(info: Any) -> Expects | None:
    """The mark of a field that holds one block."""
    candidates = [info.metadata]
    members = get_args(info.annotation) if get_origin(info.annotation) in (Union, UnionType) else ()
    candidates += [get_args(member)[1:] for member in members if get_origin(member) is Annotated]
    return next((item for metadata in candidates for item in metadata if isinstance(item, Expects)), None)


def optional(info: Any) -> bool:
    return NoneType in get_args(info.annotation)


def member(node: Node, members: tuple[Any, ...]) -> Any:
    """The member of a union that ``node`` can only be meant as."""
    if isinstance(node, ScalarNode) and node.value is None and NoneType in members:
        return Any
    for member in members:
        said = taken(member)
        match node:
            case SequenceNode() if said.is_list or (said.mark and not any(taken(one).is_list for one in members)):
                return member
            case MappingNode() if said.mark or said.origin is dict or _is_checked(said.annotation):
                return member
            case ScalarNode(value=str()) if said.mark:
                return member
    return Any


def _is_checked(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Checked)

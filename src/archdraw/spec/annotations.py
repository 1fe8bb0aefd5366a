"""What the annotation of a field says about the block expressions in it."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from archdraw.checked import Checked
from archdraw.kinds.base import Expects
from archdraw.source import MappingNode, Node, ScalarNode, SequenceNode


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
        inner, *metadata = get_args(member) if get_origin(member) is Annotated else (member,)
        is_block = any(isinstance(item, Expects) for item in metadata)
        is_list = get_origin(inner) in (tuple, list)
        is_mapping = get_origin(inner) is dict or (isinstance(inner, type) and issubclass(inner, Checked))
        match node:
            case SequenceNode() if is_list or (is_block and not any(get_origin(m) in (tuple, list) for m in members)):
                return member
            case MappingNode() if is_block or is_mapping:
                return member
            case ScalarNode(value=str()) if is_block:
                return member
    return Any

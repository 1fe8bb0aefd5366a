"""What an author says of the picture alone: nothing here adds a block or changes a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from archdraw.checked import Checked, ValidationError
from archdraw.checks import Rule
from archdraw.errors import ArchdrawError, Span
from archdraw.source import MappingNode, ScalarNode, SequenceNode, child
from archdraw.spec.fields import Name, Text
from archdraw.tree.roles import Role

if TYPE_CHECKING:
    from archdraw.source import Document
    from archdraw.spec import Spec


def _quoted(value: object) -> object:
    if value is None:
        raise ValueError('must be a colour; write it in quotes, "#AA3300": a bare # begins a comment')
    return value


def _coloured(value: str) -> str:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", value):
        raise ValueError(f'must be a colour in the form "#AA3300", not "{value[:40]}"')
    return value.upper()


Colour: TypeAlias = Annotated[str, Rule(before=_quoted), Rule(after=_coloured)]


class Figure(Checked):
    """How a model is drawn. Blocks are named as under ``insets``: by path, its end, label, kind or name of ``define``.

    ``title`` is the name on the picture, ``subtitle`` one line in place of the usual one, ``profile`` the page that
    ``archdraw render`` draws. ``open`` are panels beyond those that the program chooses, ``fold`` those that are not
    opened, ``order`` those that come first; these may be named by their titles, too. ``notes`` are lines of words at
    blocks; those of ``highlight`` have a strong border. ``roles`` are the colours of other roles that blocks have,
    ``colours`` their own (``#RRGGBB``).
    """

    title: Name | None = None
    subtitle: Text | None = None
    profile: Name | None = None
    open: tuple[Text, ...] = ()
    fold: tuple[Text, ...] = ()
    order: tuple[Text, ...] = ()
    notes: Mapping[str, Text] = {}
    highlight: tuple[Text, ...] = ()
    roles: Mapping[str, Role] = {}
    colours: Mapping[str, Colour] = {}

    def on(self, below: Figure) -> Figure:
        """This one on top of ``below``: lists are longer by it, what both say is as it is here.

        What one of them opens and the other folds is as it is here.
        """
        said = {name: value for name in self.model_fields if (value := getattr(self, name))}
        for name, value in said.items():
            under = getattr(below, name)
            if isinstance(value, tuple):
                opposite = {"open": self.fold, "fold": self.open}.get(name, ())
                kept = [one for one in under if one not in opposite]
                # An order that is given goes before the one that was there.
                both = (*value, *kept) if name == "order" else (*kept, *value)
                said[name] = tuple(dict.fromkeys(both))
            elif isinstance(value, Mapping):
                said[name] = {**under, **value}
        for name, opposite in (("open", self.fold), ("fold", self.open)):
            if name not in said:
                said[name] = tuple(one for one in getattr(below, name) if one not in opposite)
        return below.model_copy(update=said)


def on_top(spec: Spec, given: Mapping[str, Any]) -> Spec:
    """``spec`` with what is ``given`` of a figure, by its fields, on top of its own.

    Raises :class:`ArchdrawError` with every value that a figure does not take.
    """
    said = {name: _value(value) for name, value in given.items() if value is not None and value != ()}
    try:
        figure = Figure.model_validate(said)
    except ValidationError as error:
        raise ArchdrawError("\n".join(map(_message, error.errors()))) from None
    return spec.model_copy(update={"figure": figure.on(spec.figure or Figure())})


def _value(value: Any) -> Any:
    """One text stands for a list of one where a list is meant; a mapping and a list are made plain."""
    if isinstance(value, Mapping):
        return dict(value)
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _message(error: Mapping[str, Any]) -> str:
    place = " of ".join(str(step) for step in reversed(error["loc"]))
    said = str(error.get("ctx", {}).get("error", "")) or error["msg"].replace("Input should be", "must be")
    return f"{place} {said[:1].lower()}{said[1:]}"


def written(document: Document, field: str, name: str) -> Span | None:
    """Where ``document`` says ``name`` in a ``field`` of its figure; None where it does not."""
    figure = child(document.root, "figure")
    node = child(figure, field) if figure else None
    if isinstance(node, MappingNode):
        entry = node.entry(name)
        return entry.span if entry else None
    items = node.items if isinstance(node, SequenceNode) else (node,)
    texts = (item for item in items if isinstance(item, ScalarNode) and isinstance(item.value, str))
    return next((item.span for item in texts if " ".join(str(item.value).split()) == name), None)

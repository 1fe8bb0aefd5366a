"""What an author says of the picture alone: nothing here adds a block or changes a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from archdraw.checked import Checked, ValidationError
from archdraw.checks import Rule
from archdraw.doors import PROFILES, VIEWS
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


LISTS = ("open", "fold", "order", "highlight")
"""The fields of a figure that name several blocks."""


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

        What is folded here is no longer opened or in an order there, what is opened here is no longer folded.
        """
        said: dict[str, Any] = {}
        for name in self.model_fields:
            own, under = getattr(self, name), getattr(below, name)
            if name in LISTS:
                revoked = {"open": self.fold, "order": self.fold, "fold": self.open}.get(name, ())
                kept = tuple(one for one in under if one not in revoked)
                # An order that is said here goes before the one that was there.
                both = (*own, *kept) if name == "order" else (*kept, *own)
                said[name] = tuple(dict.fromkeys(both))
            elif isinstance(own, Mapping):
                said[name] = {**under, **own}
            else:
                said[name] = under if own is None else own
        return Figure.model_validate({name: value for name, value in said.items() if value is not None})


USUAL_PAGE = "plate"


def pages() -> tuple[str, ...]:
    """The names of the views of a whole model, and of the profiles of pages."""
    return (*(name for name in VIEWS.names() if name != "inset"), *PROFILES.names())


def page_of(spec: Spec) -> str:
    """The view that is drawn of ``spec`` where none is asked for: its figure's profile, where there is such a one."""
    wanted = spec.figure.profile if spec.figure else None
    return wanted if wanted in pages() else USUAL_PAGE


def on_top(spec: Spec, given: Mapping[str, Any]) -> Spec:
    """``spec`` with what is ``given`` of a figure, by its fields, on top of its own.

    Raises :class:`ArchdrawError` with every value that a figure does not take.
    """
    said = {name: _value(name, value) for name, value in given.items() if value is not None and value != ()}
    try:
        figure = Figure.model_validate(said)
    except ValidationError as error:
        raise ArchdrawError("\n".join(map(_message, error.errors()))) from None
    return spec.model_copy(update={"figure": figure.on(spec.figure or Figure())})


def titled(spec: Spec) -> Spec:
    """``spec`` as several models in one picture are drawn: of its figure it has the title, as its name."""
    if spec.figure is None:
        return spec
    return spec.model_copy(update={"name": spec.figure.title or spec.name, "figure": None})


def _value(name: str, value: Any) -> Any:
    """What a spec would hold: one text stands for a list of one where ``name`` takes a list, spaces are plain."""
    match value:
        case str():
            plain = " ".join(value.split())
            return (plain,) if name in LISTS else plain
        case Mapping():
            return {key: _value("", one) for key, one in value.items()}
        case Sequence():
            return tuple(value)
        case _:
            return value


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

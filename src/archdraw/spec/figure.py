"""What an author says of the picture alone: nothing here adds a block or changes a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from archdraw.checked import Checked, Field
from archdraw.checks import Rule
from archdraw.errors import Span
from archdraw.source import Document, MappingNode, ScalarNode, SequenceNode, child
from archdraw.spec.fields import Name, Text
from archdraw.tree.roles import Role


def _quoted(value: object) -> object:
    if value is None:
        raise ValueError('must be a colour; write it in quotes, "#AA3300": a bare # begins a comment')
    return value


_COLOUR = "#[0-9A-Fa-f]{6}"


def _coloured(value: str) -> str:
    if not re.fullmatch(_COLOUR, value):
        raise ValueError(f'must be a colour in the form "#AA3300", not "{value[:40]}"')
    return value.upper()


Colour: TypeAlias = Annotated[str, Rule(before=_quoted), Rule(after=_coloured, schema={"pattern": f"^{_COLOUR}$"})]


def _left_out(value: object) -> object:
    """An empty text, also for false and for one of blanks: nothing stands there."""
    return "" if value is False or (isinstance(value, str) and not value.strip()) else value


_OR_FALSE = Rule(before=_left_out, schema={"type": ["string", "boolean"]})
Title: TypeAlias = Annotated[str, Field(max_length=80), _OR_FALSE]
Subtitle: TypeAlias = Annotated[str, Field(max_length=2000), _OR_FALSE]


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

    title: Title | None = Field(
        default=None,
        description='The name on the picture; the model\'s own unless said. Empty ("" or false): no name, no numbers.',
    )
    subtitle: Subtitle | None = Field(
        default=None, description='One line in place of the usual one. Empty ("" or false): no line.'
    )
    profile: Name | None = Field(default=None, description="The page that is drawn where --view does not say another.")
    open: tuple[Text, ...] = Field(default=(), description="Panels beyond those that are chosen, or that insets names.")
    fold: tuple[Text, ...] = Field(default=(), description="Panels that are left closed.")
    order: tuple[Text, ...] = Field(default=(), description="Panels that stand first, in this order.")
    notes: Mapping[str, Text] = Field(default={}, description="A line of words at a block, by the block's name.")
    highlight: tuple[Text, ...] = Field(default=(), description="Boxes with a strong border.")
    roles: Mapping[str, Role] = Field(default={}, description="The colours of another role, by the block's name.")
    colours: Mapping[str, Colour] = Field(
        default={}, description='A colour of its own by the block\'s name: "#AA3300".'
    )

    @property
    def has_name(self) -> bool:
        """Whether a name is on the picture."""
        return self.title != ""

    @property
    def has_line(self) -> bool:
        """Whether there is a line below the name; without a name there are no numbers, but an author's own words."""
        return bool(self.subtitle) or (self.subtitle is None and self.has_name)

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

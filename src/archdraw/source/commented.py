"""YAML text to a tree that keeps every comment, for a formatter.

No library does: ruamel.yaml 0.19 loses comments inside of brackets, and moves those above a key when keys are
reordered, since it keeps them with the value before. Here a comment belongs to what it stands above or beside, and one
that is indented as the items of a collection that ends there, to the end of that collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

from archdraw.source.document import Document
from archdraw.source.tokens import Note, Token, tokens

_LEFT_OUT = (yaml.StreamStartToken, yaml.DocumentStartToken, yaml.DocumentEndToken, yaml.DirectiveToken)


@dataclass(slots=True)
class Written:
    """A scalar or an alias as it was written, maybe on several lines; ``block``: behind | or >, indented by itself."""

    lines: tuple[str, ...]
    block: bool = False


@dataclass(slots=True)
class Item:
    """An entry of a mapping, or of a list (no ``key``); ``above`` are comments and empty lines, ``beside`` comments."""

    key: str | None
    value: Collection | Written
    above: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Collection:
    """A mapping or a list. ``flow``: in brackets; ``bare``: one pair in a list in brackets, without braces.

    ``end`` are the comments below the last item.
    """

    mapping: bool
    flow: bool
    anchor: str = ""
    bare: bool = False
    items: list[Item] = field(default_factory=list)
    end: list[str] = field(default_factory=list)


def commented(document: Document) -> tuple[list[str], Item]:
    """The comments above all else in ``document``, and an item whose value is its root.

    ``document`` has no problems.
    """
    reader = _Reader(tokens(document.lines))
    return reader.document()


class _Reader:
    """Tokens to the tree."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens: list[Token] = []
        # What stands above a token that is left out stands above the next one.
        waiting: list[Note] = []
        for token in tokens:
            if token.kind in _LEFT_OUT:
                waiting += [*token.above, *map(Note, token.beside)]
                continue
            if token.text or token.kind is yaml.StreamEndToken:
                token.above[:0], waiting = waiting, []
            self.tokens.append(token)
        self.place = 0

    def document(self) -> tuple[list[str], Item]:
        first = self.shown()
        head = _texts(first.above)
        first.above.clear()
        item = Item(None, Written(("",)))
        self.value(item)
        end = self.shown()
        rest = _ended(_texts(end.above))
        if isinstance(item.value, Collection):
            item.value.end += rest
        else:
            item.beside += [text for text in rest if text]
        return head, item

    def peek(self) -> Token:
        return self.tokens[self.place]

    def shown(self) -> Token:
        """The next token that takes room."""
        return next(token for token in self.tokens[self.place :] if token.text or token.kind is yaml.StreamEndToken)

    def take(self, item: Item) -> Token:
        """The next token, whose comments are now those of ``item``."""
        token = self.tokens[self.place]
        self.place += 1
        item.beside += [note.text for note in token.above if note.text] + token.beside
        token.above, token.beside = [], []
        return token

    def begin(self, item: Item) -> int:
        """Gives ``item`` the comments above its first token, and returns the column of that."""
        token = self.shown()
        item.above = _texts(token.above)
        token.above = []
        return token.column

    def value(self, item: Item) -> None:
        """Reads what stands at a place for a value into ``item``; nothing there is an empty text."""
        anchor = ""
        while self.peek().kind in (yaml.AnchorToken, yaml.TagToken):
            anchor = self.take(item).text
        kind = self.peek().kind
        if kind in (yaml.ScalarToken, yaml.AliasToken):
            text = self.take(item).text
            lines = text.split("\n")
            item.value = Written(tuple(lines), block=text[:1] in ("|", ">"))
            if anchor:
                item.value = Written((f"{anchor} {lines[0]}", *lines[1:]), item.value.block)
        elif kind in (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockEntryToken):
            item.value = Collection(kind is yaml.BlockMappingStartToken, flow=False, anchor=anchor)
            self.block(item.value, item, bounded=kind is not yaml.BlockEntryToken)
        elif kind in (yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken):
            item.value = Collection(kind is yaml.FlowMappingStartToken, flow=True, anchor=anchor)
            self.flow(item.value, item)
        else:
            item.value = Written((anchor,))

    def block(self, made: Collection, owner: Item, *, bounded: bool) -> None:
        """Reads a collection without brackets; one that is not ``bounded`` has no token at its end."""
        if bounded:
            self.take(owner)
        column = -1
        while self.peek().kind in (yaml.KeyToken, yaml.ValueToken, yaml.BlockEntryToken):
            item = Item(None, Written(("",)))
            if not made.mapping:
                if self.peek().kind is not yaml.BlockEntryToken:
                    break
                column = self.begin(item)
                self.take(item)
                self.value(item)
            else:
                column = self.pair(item)
            made.items.append(item)
        if bounded:
            self.take(owner)
        self.ended(made, column if bounded else column + 1)

    def ended(self, made: Collection, column: int) -> None:
        """Gives ``made`` the comments below it that are indented as its items, in ``column`` or further."""
        above = self.shown().above
        mine = 0
        for number, note in enumerate(above):
            if note.text and note.column < column:
                break
            if note.text:
                mine = number + 1
        made.end += _texts(above[:mine])
        del above[:mine]

    def pair(self, item: Item) -> int:
        """Reads a key and its value into ``item``; returns the column of the key."""
        column = self.begin(item)
        item.key = ""
        if self.peek().kind is yaml.KeyToken:
            self.take(item)
            key = Item(None, Written(("",)))
            self.value(key)
            item.beside += [*key.above, *key.beside]
            assert isinstance(key.value, Written)
            item.key = "\n".join(key.value.lines)
        if self.peek().kind is yaml.ValueToken:
            self.take(item)
            self.value(item)
        return column

    def flow(self, made: Collection, owner: Item) -> None:
        """Reads a collection in brackets."""
        self.take(owner)
        ends = (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
        while self.peek().kind not in ends:
            item = Item(None, Written(("",)))
            if made.mapping:
                if self.peek().kind in (yaml.KeyToken, yaml.ValueToken):
                    self.pair(item)
                else:  # a key without a value
                    self.begin(item)
                    self.value(item)
                    assert isinstance(item.value, Written)
                    item.key, item.value = "\n".join(item.value.lines), Written(("",))
            elif self.peek().kind in (yaml.KeyToken, yaml.ValueToken):
                inner = Item(None, Written(("",)))
                self.pair(inner)
                item.above, item.beside, inner.above, inner.beside = inner.above, inner.beside, [], []
                item.value = Collection(mapping=True, flow=True, bare=True, items=[inner])
            else:
                self.begin(item)
                self.value(item)
            made.items.append(item)
            if self.peek().kind is yaml.FlowEntryToken:
                self.take(item)
        if made.items:
            made.end = _ended(_texts(self.shown().above))
            self.shown().above = []
        self.take(owner)


def _texts(notes: Sequence[Note]) -> list[str]:
    """The comments of ``notes``; of several empty lines in a row one is left."""
    found: list[str] = []
    for note in notes:
        if note.text or (not found or found[-1]):
            found.append(note.text)
    return found


def _ended(texts: list[str]) -> list[str]:
    """``texts`` without an empty line at their end."""
    return texts[:-1] if texts and not texts[-1] else texts


def comments(head: Sequence[str], root: Item) -> list[str]:
    """All comments of a text, sorted: two texts with the same ones have lost none."""
    found = [text for text in head if text]
    todo = [root]
    while todo:
        item = todo.pop()
        found += [text for text in (*item.above, *item.beside) if text]
        if isinstance(item.value, Collection):
            found += [text for text in item.value.end if text]
            todo += item.value.items
    return sorted(found)

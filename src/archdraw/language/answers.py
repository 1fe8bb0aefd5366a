"""What an editor is answered for a place of a spec: a description, a definition, names that may stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from archdraw.errors import Span
from archdraw.glossary.numbers import counted as number_of
from archdraw.glossary.numbers import data_size, parameters, share
from archdraw.kinds.base import Kind
from archdraw.language.cursor import Place, being_written, place_at
from archdraw.language.expected import Blocks, Expected, Fields, changed_kind, expected
from archdraw.language.opened import Counted, Names, Opened
from archdraw.records import record
from archdraw.resources import shipped_spec
from archdraw.source import Document, Node, child
from archdraw.spec.figure import LISTS
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.inventory import inventory
from archdraw.tree.walks import walk
from archdraw.views.insets import names_of
from archdraw.views.stack import Option

NAMED_IN_LISTS = (("insets",), *(("figure", name) for name in LISTS))
NAMED_BY_KEYS = (("figure", "notes"), ("figure", "roles"), ("figure", "colours"))
"""Where blocks of the model are named."""


@record
class Offered:
    """One thing that may be written: its name, what it is in a few words, and more of it as Markdown."""

    name: str
    detail: str = ""
    about: str = ""


def described(opened: Opened, line: int, column: int) -> tuple[str, Span] | None:
    """What is known of the word at a place, as Markdown, and where the word stands; None for nothing.

    It is what a definition or a template is, and the numbers of the blocks that are written there.
    """
    document = opened.document
    place = place_at(document, line, column) if document is not None else None
    if document is None or place is None:
        return None
    names = Names(document)
    said = [*_of_name(document, place, names), *_numbers(opened.counted, place)]
    return ("\n\n".join(said), place.span) if said else None


def defined_at(opened: Opened, line: int, column: int) -> tuple[Path, Span] | None:
    """The file and the place where the name at a place is defined: under ``define``, or the spec of a parent."""
    document = opened.document
    place = place_at(document, line, column) if document is not None else None
    if document is None or place is None:
        return None
    if place.path[:1] == ("parents",) and place.path[-1:] == ("model",) and not place.is_key:
        beside = opened.file.with_name(f"{place.word}.yaml")
        file = beside if beside.is_file() else shipped_spec(place.word)
        return None if file is None else (Path(file), Span(str(file), 1, 1))
    names = Names(document)
    entry = names.define.entry(place.word) if names.define is not None else None
    if entry is None or not _names_a_block(document, place, names):
        return None
    return opened.file, entry.span


def offered(opened: Opened, text: str, line: int, column: int) -> list[Offered]:
    """What may be written at a place of ``text`` that only the whole spec says; the schema offers all else."""
    found = being_written(text, line, column)
    if found is None:
        return []
    document, place = found
    around = place.path[:-1]
    # Where nothing else is written, what will be a key is a value yet.
    mapping = around if place.is_key else place.path
    if (around in NAMED_IN_LISTS and not place.is_key) or mapping in NAMED_BY_KEYS:
        return list(_blocks(opened.counted))
    names = Names(opened.document or document)
    if not place.is_key and place.path[-1:] == ("like",):
        return list(_definitions(names, ()))
    what = _expected(document, mapping, names)
    if place.is_key and (kind := changed_kind(_at(document, around), names.definitions)):
        return list(_fields(kind))
    match what:
        case Blocks(families=families):
            return [*_definitions(names, families), *_templates(names, families)]
        case Fields(of=cls) if issubclass(cls, Kind) and _is_own(cls, names):
            return list(_fields(cls))
        case _:
            return []


def _at(document: Document, path: Iterable[str | int]) -> Node | None:
    node: Node | None = document.root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def _names_a_block(document: Document, place: Place, names: Names) -> bool:
    """Whether the word stands where a name from ``define`` may."""
    if place.path[:2] == ("define", place.word) and len(place.path) == 2:
        return place.is_key
    if place.path[-1:] == ("like",):
        return not place.is_key
    where = place.path[:-1] if place.is_key else place.path
    return isinstance(_expected(document, where, names), Blocks) and (not place.is_key or place.word in names.kinds)


def _expected(document: Document, path: tuple[str | int, ...], names: Names) -> Expected:
    return expected(document, path, names.kinds, names.definitions)


def _of_name(document: Document, place: Place, names: Names) -> Iterator[str]:
    """What a name of the author's own stands for."""
    entry = names.define.entry(place.word) if names.define is not None else None
    if entry is None or not _names_a_block(document, place, names):
        return
    if _is_own(names.kinds.get(place.word), names):
        kind = names.kinds[place.word]
        yield f"**{place.word}**: {(kind.__doc__ or '').strip()}"
        yield "\n".join(f"- `{one.name}`: {one.detail}" for one in _fields(kind))
    elif place.word in names.definitions:
        kind = type(names.definitions[place.word])
        called = kind.term.text or kind.keyword
        yield f"**{place.word}**: {called} (`{kind.keyword}`), defined in line {entry.span.line}"


def _is_own(kind: type[Kind] | None, names: Names) -> bool:
    """Whether ``kind`` is a template of the author's."""
    return kind is not None and names.define is not None and names.define.entry(kind.keyword) is not None


def _numbers(counted: Counted | None, place: Place) -> Iterator[str]:
    """The numbers of the blocks that the expression at ``place`` makes."""
    if counted is None:
        return
    paths = next((one.paths for one in counted.places.written if one.span == place.span), ())
    block = next((block for path, block in _named(counted.model.block) if path == paths[0]), None) if paths else None
    if block is None:
        return
    one, whole = facts(block), counted.model.facts.total_parameters
    total = one.total_parameters
    said = [f"{total:,} parameters" if total else "no parameters"]
    if cached := one.kv_cache_bytes_per_token():
        said.append(f"KV cache {data_size(cached)} a token in bf16")
    number = next((item.number for item in inventory(counted.model.block) if item.block == block), 0)
    if number > 1 and total:
        said.append(f"{number:,} in the model: {parameters(number * total)}, {share(number * total, whole)} of all")
    yield f"**{describe(block).full or block.name}**: {'; '.join(said)}"
    others = f" and {number_of(len(paths) - 1, 'other place', 'other places')}" if len(paths) > 1 else ""
    yield f"At `{paths[0]}`{others}"


def _named(model: Module) -> Iterator[tuple[str, Leaf | Module]]:
    """The blocks of ``model`` that have a name, with their paths."""
    return ((path, block) for path, block in walk(model.body) if isinstance(block, Leaf | Module))


def _blocks(counted: Counted | None) -> Iterator[Offered]:
    """The names of blocks that insets and figures know, shortest paths first."""
    if counted is None:
        return
    seen: set[str] = set()
    for path, block in sorted(_named(counted.model.block), key=lambda one: (one[0].count("/"), one[0])):
        title = describe(block).full
        for name in (path, *sorted(names_of(Option(block, path, ())) - {path})):
            if name not in seen:
                seen.add(name)
                yield Offered(name, title if name != title else path)
    yield from (Offered(name, "a name from define") for name in counted.model.spec.define if name not in seen)


def _definitions(names: Names, families: tuple[str, ...]) -> Iterator[Offered]:
    for name, kind in names.definitions.items():
        if not families or kind.family in families:
            yield Offered(name, f"{kind.keyword}, from define")


def _templates(names: Names, families: tuple[str, ...]) -> Iterator[Offered]:
    for name, kind in names.kinds.items():
        if _is_own(kind, names) and (not families or kind.family in families):
            yield Offered(name, "template, from define", (kind.__doc__ or "").strip())


def _fields(kind: type[Kind]) -> Iterator[Offered]:
    for name, info in kind.model_fields.items():
        needed = "needed" if info.is_required() else f"default: {info.get_default()}"
        yield Offered(name, needed, info.description or "")

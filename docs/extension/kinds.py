"""The reference of kinds: a page for each folder of ``archdraw.kinds``, made of what the kinds say of themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from textwrap import indent

import archdraw.kinds
from archdraw.checked import FieldInfo
from archdraw.cli.kinds import described
from archdraw.errors import folded
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.model import Model
from archdraw.tree.blocks import Module
from archdraw.views.opening import openable_modules
from docs.extension.fences import fence, linked, pictures, plain, table

HEAD = "name: {name}\ncontext_length: 4096\nhidden_size: 4096\nvocab_size: 32000\nlayers:\n"
WITHIN = {
    "position": "grouped_query: {{num_attention_heads: 32, num_key_value_heads: 8, position: {}}}",
    "residual": "decoder: {{feed_forward: {{swiglu: {{intermediate_size: 64}}}}, residual: {}}}",
}
"""Where kinds are written that are no block by themselves, by their family."""
EMBEDDING = "  - embedding\n"
BEFORE = {"input": "", "side_output": "", "concatenate": "  - parallel: {merge: separate, branches: [[], []]}\n"}
"""What comes before a kind that does not read one line: nothing, or what leaves several."""
USUAL = "column"
"""How a block is drawn that cannot be opened: in its example, on a page that is narrow."""


@cache
def by_folder() -> dict[str, list[type[Kind]]]:
    """All kinds that come with archdraw by the folder that they are in."""
    root = Path(archdraw.kinds.__path__[0])
    templates = {file.stem: file.parent.name for file in root.rglob("*.yaml")}
    found: dict[str, list[type[Kind]]] = {}
    for keyword, kind in kinds().items():
        parts = kind.__module__.split(".")
        inside = parts[:2] == ["archdraw", "kinds"] and len(parts) > 3
        folder = templates.get(keyword) or (parts[2] if inside else "")
        if folder:
            found.setdefault(folder, []).append(kind)
    return found


def page(folder: str) -> str:
    """The Markdown of all kinds in ``folder``."""
    listed = by_folder()[folder]
    rows = [(f"[`{kind.keyword}`](#{anchor(kind)})", plain(_paragraphs(kind)[0])) for kind in listed]
    return "\n".join([table(("kind", "what it is"), rows), *map(section, listed)])


def anchor(kind: type[Kind]) -> str:
    """The target of the section of ``kind``."""
    return f"kind-{kind.keyword.replace('_', '-')}"


def section(kind: type[Kind]) -> str:
    """What ``archdraw kinds NAME`` says of ``kind``, with its picture."""
    parts = [f"({anchor(kind)})=\n## {kind.keyword}\n", *(f"{plain(one)}\n" for one in _paragraphs(kind))]
    parts += [f"{line}\n" for line in _names(kind)]
    parts.append(fence("yaml", kind.example))
    parts.append(picture(kind))
    if kind.model_fields:
        rows = [_field(name, field) for name, field in kind.model_fields.items()]
        parts.append(table(("field", "type", "default", "meaning"), rows))
    if kind.main:
        parts.append(f"A value in place of the mapping is taken as `{kind.main}`.\n")
    parts.append(f"Source: {linked(kind.source)}\n")
    return "\n".join(parts)


def spec_of(kind: type[Kind]) -> str:
    """A spec with an embedding and the example of ``kind``, within an attention or a layer where it needs one."""
    example = indent(kind.example, " " * 6).strip()
    inner = example if example == kind.keyword else f"{{{example}}}"
    written = WITHIN[kind.family].format(inner) if kind.family in WITHIN else example
    name = kind.term.text[:1].upper() + kind.term.text[1:]
    head = HEAD.format(name=f'"{name}"' if re.search(r"[^\w -]", name) else name)
    return f"{head}{BEFORE.get(kind.keyword, EMBEDDING)}  - {written}\n"


def picture(kind: type[Kind]) -> str:
    """The example of ``kind``: what is in its block, or the whole of it where nothing can be opened."""
    text = spec_of(kind)
    modules = openable_modules(Model.from_text(text).block)
    opened = [one.path for one in modules if isinstance(one.block, Module) and one.block.kind == kind.keyword]
    view = f"inset:{opened[0]}" if opened else USUAL
    return pictures("", {"view": view, "alt": f"What the example of {kind.keyword} draws"}, text)


def _paragraphs(kind: type[Kind]) -> list[str]:
    text = inspect.cleandoc(kind.__doc__ or "")
    return [" ".join(one.split()) for one in text.split("\n\n")]


def _names(kind: type[Kind]) -> Iterator[str]:
    name, short = kind.term.text, kind.term.short
    known = {folded(kind.keyword), folded(name), folded(short)}
    others = [alias for alias in kind.aliases if folded(alias) not in known]
    if others:
        yield f"Also called: {plain(', '.join(others))}."
    if concepts := list(dict.fromkeys(one.name for one in kind.every_concept())):
        yield f"Concepts: {plain(', '.join(concepts))}."


def _field(name: str, field: FieldInfo) -> Sequence[str]:
    default = "required" if field.is_required() else _default(field.get_default())
    return f"`{name}`", plain(described(field)), default, plain(field.description or "")


def _default(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Kind):
        return f"`{value.keyword}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"

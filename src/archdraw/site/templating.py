"""Pages of HTML, made from the templates in ``templates/``; whatever is put into one is escaped.

All that the interface of a site says is in ``words.yaml``: templates read it as ``words``, scripts as ``strings``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from archdraw.cache.store import digest
from archdraw.source import parse, plain, read_text

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

    from archdraw.app.kept import Kept

DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of all that follows, which are none of a name: letters bring their own."""
TEMPLATES = Path(__file__).parent / "templates"
COMMENTS = re.compile(r"^\s*(?://.*|/\*\*?[^*]*(?:\*(?!/)[^*]*)*\*/\s*)$", re.M)
"""Comments that have lines of their own."""
WORDS = Path(__file__).parent / "words.yaml"


def page(template: str, kept: Kept | None = None, /, **values: Any) -> str:
    """The page that ``template``, whose code is ``kept``, makes of ``values``.

    Raises :class:`jinja2.UndefinedError` for a value that is missing.
    """
    return undirected(_environment(kept).get_template(template).render(values))


def undirected(text: str) -> str:
    """``text`` without signs that turn the direction of what stands behind it."""
    return DIRECTIONS.sub("", text)


def as_is(markup: str) -> Markup:
    """``markup`` of our own, whose texts are escaped already, as a value that a page takes as it is."""
    return Markup(markup)


def script(name: str, value: Any) -> bytes:
    """A classic script that sets the variable ``name`` to ``value``: pages may read that from a folder."""
    return f"var {name} = {_literal(value)};\n".encode()


def call(name: str, value: Any) -> bytes:
    """A classic script that gives ``value`` to the function ``name`` of the page that asks for it."""
    return f"{name}({_literal(value)});\n".encode()


def _literal(value: Any) -> str:
    text = undirected(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    # A script may hold no end of itself, and lines may not break in it.
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def plainer(source: str) -> str:
    """The script ``source`` without the comments that have lines of their own, and without indentation.

    One in which a template goes on over several lines is left as it is: there they are part of a text.
    """
    lines = COMMENTS.sub("", source).splitlines()
    if any(line.count("`") % 2 for line in lines):
        return source
    return "\n".join(filter(None, map(str.strip, lines))) + "\n"


@cache
def words() -> dict[str, Any]:
    """The catalogue of all that the interface says: a section a page."""
    return dict(read_data(WORDS))


def read_data(file: Path) -> Any:
    """What the YAML ``file`` of this package has, as plain lists, dictionaries and texts."""
    return plain(parse(read_text(file), str(file)).root)


class _Code(jinja2.BytecodeCache):
    """The code of templates that is ``kept``: to compile them takes a quarter of the time of all pages."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def load_bytecode(self, bucket: Bucket) -> None:
        found = self._kept.store.get(self._key(bucket))
        if found:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept.store.put(self._key(bucket), bucket.bytecode_to_string())

    def _key(self, bucket: Bucket) -> str:
        return digest("template", self._kept.program, bucket.key, bucket.checksum)


@cache
def _environment(kept: Kept | None) -> jinja2.Environment:
    environment = jinja2.Environment(
        bytecode_cache=_Code(kept) if kept else None,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["words"] = words()
    return environment

"""Pages of HTML, made from the templates in ``templates/``; whatever is put into one is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, **values: Any) -> str:
    """The page that ``template`` makes of ``values``. Raises :class:`jinja2.UndefinedError` for one that is missing."""
    return _environment().get_template(template).render(values)


def as_is(markup: str) -> Markup:
    """``markup`` of our own, whose texts are escaped already, as a value that a page takes as it is."""
    return Markup(markup)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

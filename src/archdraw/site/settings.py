"""What a gallery says of itself: its name, its logo, where it will be; one YAML file, ``gallery.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from archdraw.checked import Checked, Field, ValidationError
from archdraw.errors import InputError, nearest
from archdraw.model_files import SITE_FILE
from archdraw.source import Document, parse, plain, read_text

LOGOS = (".svg", ".png", ".webp", ".jpg", ".jpeg")
"""Kinds of pictures that every browser shows."""
ADDRESS = r'^https?://[^\s"<>]+$'


class Settings(Checked):
    """A gallery as its owner presents it.

    ``name`` is the heading of its first page, ``intro`` the text below it, ``logo`` a picture beside ``gallery.yaml``,
    ``home`` an address that name and logo lead to. ``base_url`` is where the site will be: social cards, canonical
    addresses, the sitemap and the feed need it, and are left out without.
    """

    name: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="The heading of the first page.")
    intro: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="The text below the heading.")
    logo: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="A picture beside this file: SVG, PNG, WebP or JPEG."
    )
    home: Annotated[str, Field(pattern=ADDRESS)] | None = Field(
        default=None, description="An address that name and logo lead to."
    )
    base_url: Annotated[str, Field(pattern=ADDRESS)] | None = Field(
        default=None,
        description="Where the site will be: needed for social cards, canonical addresses, the sitemap and the feed.",
    )

    def address(self, name: str) -> str:
        """The whole address of the file ``name`` of the site; empty where it is not known where that will be."""
        return f"{self.base_url.rstrip('/')}/{quote(name)}" if self.base_url else ""


def load_settings(path: Path) -> Settings:
    """The settings in the file at ``path``. Raises :class:`InputError` with all that is wrong with it."""
    text = read_text(path)
    if all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines()):
        return Settings()
    document = parse(text, path.as_posix())
    data = plain(document.root)
    if not isinstance(data, dict):
        raise InputError([document.problem(f"{SITE_FILE} is a mapping", document.root.span)])
    try:
        found = Settings.model_validate(data)
    except ValidationError as error:
        raise InputError(_problem(document, one) for one in error.errors()) from None
    if found.logo is not None and (reason := _no_logo(path.parent / found.logo)):
        raise InputError([document.problem(reason, document.span("logo"), f"one of {', '.join(LOGOS)}")])
    return found


def _no_logo(file: Path) -> str:
    """Why the picture in ``file`` cannot be a logo; empty where it can."""
    if file.suffix.lower() not in LOGOS:
        return f"{file.name} is no picture that browsers show"
    return "" if file.is_file() else f"there is no file {file.as_posix()}"


def _problem(document: Document, found: Mapping[str, Any]) -> Any:
    key = str(found["loc"][0])
    span = document.span(*found["loc"])
    match found["type"]:
        case "extra_forbidden":
            hint = nearest(key, Settings.model_fields) or f"choose from {', '.join(Settings.model_fields)}"
            return document.problem(f"a gallery has no {key}", span, hint)
        case "string_pattern_mismatch":
            return document.problem(f"{key} is an address that begins with https://", span)
        case _:
            return document.problem(f"{key} is a text", span)

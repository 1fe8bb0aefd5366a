"""Themes: the colours of a picture, one YAML file each.

A theme has names of roles, not what they mean: the drawing half of the program has no models in it. Colours are
``#RRGGBB`` in capitals, contrast is that of WCAG 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from archdraw.checked import Checked, Field, ValidationError
from archdraw.checks import Rule
from archdraw.contrast import contrast as contrast
from archdraw.contrast import luminance as luminance
from archdraw.contrast import mix as mix
from archdraw.doors import THEMES
from archdraw.errors import ArchdrawError, InputError, Problem, Span, nearest
from archdraw.source import Document, MappingNode, Node, child, parse, plain, read_text

Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), Rule(after=str.upper)]
"""``#RRGGBB``: the only way of writing a colour that every viewer of SVG reads."""

Pattern: TypeAlias = Literal["solid", "hatched", "dotted"]


STRONG = 3.0
"""The contrast with the page, and with a band on it, that a colour has which stands out by itself."""
EQUAL = "equal"
"""The role of a box that is the same in all models of a comparison."""


BLACK, WHITE = "#000000", "#FFFFFF"
STANDS_OUT = 3.0
"""The least contrast of a border with what it stands on (WCAG 2.2)."""


class Paint(Checked):
    """The colours of a box: its inside, its border and the text in it."""

    fill: Annotated[Colour, Field(description="The inside of a box.")]
    border: Annotated[Colour, Field(description="The border of a box.")]
    text: Annotated[Colour, Field(description="The words in a box.")]


class Signs(Checked):
    """The discs of a comparison; ``ink`` is the stroke on them."""

    changed: Annotated[Colour, Field(description="The disc of what is changed.")]
    added: Annotated[Colour, Field(description="The disc of what is added.")]
    removed: Annotated[Colour, Field(description="The disc of what is removed.")]
    ink: Annotated[Colour, Field(description="The stroke on a disc.")]


class Theme(Checked):
    """The colours of a picture.

    ``edge`` is for lines that data flows along, ``zoom`` for lines to insets; ``equal`` and ``equal_edge`` paint what a
    comparison lets recede; ``band`` is the ground of lanes and of every other row of a table. ``accents`` are twelve
    hues, of which a picture has one; ``tint_share`` of it goes into the ground of a
    block. ``patterns`` repeat a role where a cell is too small for words: roles that are not named are solid.
    """

    name: Annotated[str, Field(description="The name of the theme; that of the file unless said.")]
    page: Annotated[Colour, Field(description="The ground of the picture.")]
    container: Annotated[Colour, Field(description="The ground of a model's frame.")]
    container_border: Annotated[Colour, Field(description="The border of a model's frame.")]
    ink: Annotated[Colour, Field(description="Words and the name of the model.")]
    muted: Annotated[Colour, Field(description="Words that are less important.")]
    edge: Annotated[Colour, Field(description="Lines that data flows along.")]
    zoom: Annotated[Colour, Field(description="Lines that lead to insets.")]
    band: Annotated[Colour, Field(description="The ground of lanes and of every other row of a table.")]
    equal: Annotated[Paint, Field(description="What a comparison lets recede.")]
    equal_edge: Annotated[Colour, Field(description="Lines of what a comparison lets recede.")]
    signs: Annotated[Signs, Field(description="The discs of a comparison.")]
    accents: Annotated[
        tuple[Colour, ...],
        Field(min_length=12, max_length=12, strict=False, description="Twelve hues, of which a picture has one."),
    ]
    accent_ink: Annotated[Colour, Field(description="Words on an accent.")]
    tint_share: Annotated[
        float, Field(ge=0, le=0.5, description="How much of an accent goes into the ground of a block.")
    ]
    roles: Annotated[Mapping[str, Paint], Field(description="The colours of boxes by their roles.")]
    patterns: Mapping[str, Pattern] = Field(
        default={}, description="Patterns of roles where a cell is too small for words; solid unless said."
    )

    def accent(self, index: int) -> str:
        """The accent ``index`` (0 to 11, counted on from there) of this theme."""
        return self.accents[index % len(self.accents)]

    def tint(self, accent: str) -> str:
        """The ground of a block whose border is ``accent``."""
        return mix(accent, self.page, self.tint_share)

    def paint(self, role: str) -> Paint:
        """The colours of ``role``; "equal" is what a comparison lets recede, and ``#RRGGBB`` a colour of its own.

        Raises :class:`ArchdrawError` where this theme has none.
        """
        if role == EQUAL:
            return self.equal
        if role.startswith("#"):
            grounds = (self.page, self.container, self.band, *map(self.tint, self.accents))
            return own_paint(role, grounds)
        if role not in self.roles:
            hint = nearest(role, self.roles)
            raise ArchdrawError(
                f"theme {self.name} has no colours for the role {role!r}" + (f"; {hint}" if hint else "")
            )
        return self.roles[role]

    def colour(self, name: str) -> str:
        """The colour of that ``name``, as ``#RRGGBB``.

        It is a colour of the theme ("ink", "attention.fill", "signs.added", "accents.3") or one made of it: "NAME.tint"
        the ground of a block whose border it is, "ROLE.strong" the fill of a role, or its border where that is pale,
        and "NAME@0.3" a share of a colour on that of the page. Raises :class:`ArchdrawError` where there is none.
        """
        above, _, part = name.rpartition(".")
        if share := name.partition("@")[2]:
            return mix(self.colour(name.partition("@")[0]), self.page, float(share))
        if part == "tint":
            return self.tint(self.colour(above))
        if part == "strong":
            paint = self.paint(above)
            pale = min(contrast(paint.fill, ground) for ground in (self.page, self.band)) < STRONG
            return paint.border if pale else paint.fill
        if above == "accents":
            return self.accent(int(part))
        found = getattr(self.signs, part, None) if above == "signs" else getattr(self, name, None)
        if above and above != "signs":
            found = getattr(self.paint(above), part, None)
        if not isinstance(found, str) or name == "name":
            raise ArchdrawError(f"theme {self.name} has no colour named {name!r}")
        return found

    def pattern(self, role: str) -> Pattern:
        """How cells of ``role`` are filled."""
        return self.patterns.get(role, "solid")


@lru_cache(maxsize=256)
def own_paint(colour: str, grounds: tuple[str, ...]) -> Paint:
    """The colours of a box whose inside is ``colour`` (``#RRGGBB``), on ``grounds``.

    Its text is black or white, whichever contrasts more (at least 4.58:1 on any colour). Its border is the colour,
    darker or lighter as far as 3:1 to all grounds needs it.
    """
    ink = max(BLACK, WHITE, key=lambda one: contrast(one, colour))
    far = max(BLACK, WHITE, key=lambda one: min(contrast(one, ground) for ground in grounds))
    steps = (mix(far, colour, share / 20) for share in range(21))
    border = next((one for one in steps if min(contrast(one, ground) for ground in grounds) >= STANDS_OUT), far)
    return Paint(fill=colour, border=border, text=ink)


def theme_names() -> tuple[str, ...]:
    """The names of the themes that come with the program or with packages that add to it."""
    return THEMES.names()


def theme_file(name: str) -> AbstractContextManager[Path]:
    """The file of the theme of that name, while the context lasts: a package need not be unpacked.

    Raises :class:`ArchdrawError` where there is no such theme, or where its package cannot be imported.
    """
    return THEMES.file(name)


def load_theme(name_or_path: str | Path) -> Theme:
    """The theme of that name, or of that file.

    A file may say ``like: light`` and then only what differs from that theme, which is one with a name.

    Raises :class:`ArchdrawError` where there is no such theme, :class:`InputError` with all that is wrong with a file.
    """
    if isinstance(name_or_path, str) and name_or_path in theme_names():
        return _named(name_or_path)
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        raise ArchdrawError(THEMES.unknown(str(name_or_path), more="or a file that ends in .yaml"))
    return _load(path)


@cache
def _named(name: str, above: tuple[str, ...] = ()) -> Theme:
    with theme_file(name) as file:
        return _load(file, (*above, name))


def _load(path: Path, above: tuple[str, ...] = ()) -> Theme:
    return parse_theme(read_text(path), path.as_posix(), above)


def parse_theme(text: str, file: str, above: tuple[str, ...] = ()) -> Theme:
    """The theme that the YAML ``text`` of ``file`` says, asked for by the themes ``above``, which are like it.

    Raises :class:`InputError` with all that is wrong with it.
    """
    document = parse(text, file)
    data = plain(document.root)
    if not isinstance(data, dict):
        raise InputError([document.problem("a theme is a mapping of names to colours", document.root.span)])
    if "like" in data:
        like = data.pop("like")
        if like not in theme_names():
            hint = nearest(str(like), theme_names()) or f"choose from {', '.join(theme_names())}"
            raise InputError([document.problem(f"unknown theme {like!r}", document.span("like"), hint)])
        if like in above:
            chain = " like ".join((*above[above.index(like) :], like))
            raise InputError([document.problem(f"a theme cannot be like itself: {chain}", document.span("like"))])
        data = _overlaid(_named(like, above).model_dump(), {"name": Path(file).stem, **data})
    try:
        return Theme.model_validate({"name": Path(file).stem, **data})
    except ValidationError as error:
        raise InputError(_problem(found, document) for found in error.errors()) from None


def _overlaid(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes`` put over it; mappings in mappings are merged, all else is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        merged[key] = _overlaid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _problem(found: Any, document: Document) -> Problem:
    """What pydantic found, in our words and at its place."""
    path = found["loc"]
    name = str(path[-1]) if path else "theme"
    span, hint = document.span(*path), ""
    match found["type"]:
        case "missing":
            message = f"{' '.join(map(str, path))} is missing"
            hint = "say like: light to take over all that is not given"
        case "extra_forbidden":
            message = f"a theme has no {name}"
            span = _key_span(document, path)
            known: Any = Theme.model_fields
            if len(path) > 1:
                known = Signs.model_fields if path[0] == "signs" else Paint.model_fields
            hint = nearest(name, known) or f"known: {', '.join(known)}"
        case "string_pattern_mismatch" | "string_type":
            message = f"{name} is not a colour in the form '#1A2B3C'"
            if found["input"] is None:
                hint = "put the colour in quotes: a bare # begins a comment"
        case "too_short" | "too_long":
            message = (
                f"{name} has {found['ctx']['actual_length']} colours instead of {found['ctx'].get('min_length', 12)}"
            )
        case _:
            message = f"{name}: {found['msg'][:1].lower()}{found['msg'][1:]}"
    return document.problem(message, span, hint)


def _key_span(document: Document, path: tuple[str | int, ...]) -> Span:
    """Where the key that ends ``path`` stands."""
    node: Node | None = document.root
    for step in path[:-1]:
        node = child(node, step) if node else None
    entry = node.entry(str(path[-1])) if isinstance(node, MappingNode) else None
    return entry.span if entry else document.span(*path)

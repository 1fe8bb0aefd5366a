"""Profiles of pages: how large a picture is where it is read, and what it leaves out for that; one YAML file each.

All pages are laid out in design px, in which the smallest text has one size; a profile says how large that is in print,
and so how many design px its page is wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast, get_args

from archdraw.checked import Checked, Field, ValidationError
from archdraw.doors import PROFILES
from archdraw.errors import ArchdrawError, InputError, nearest
from archdraw.lengths import PATTERN, pixels
from archdraw.source import parse, plain, read_text

Length: TypeAlias = Annotated[str, Field(pattern=PATTERN)]

Step: TypeAlias = Literal[
    "spacing",
    "details",
    "inputs",
    "tags",
    "layers",
    "alternatives",
    "notes",
    "pairs",
    "runs",
    "modules",
    "inside",
    "rows",
    "whole",
]
"""What a page does without, where it has no room: air between boxes; the second lines of boxes; the boxes of what comes
in; the tags at the left of boxes; the inside of layers in their place, which then stands beside the column; more than
two alternatives in one slot, which become one box; what an author notes at boxes; any alternatives; runs of layers,
which become one bar; modules beside the line; what is inside of layers; boxes that follow each other, which become one;
the whole, which becomes a box."""


_FIRST: tuple[Step, ...] = ("layers", "modules")
"""Steps that come before alternatives where a model flows to the right."""
Direction: TypeAlias = Literal["up", "right"]
"""Where a model flows to."""


class Profile(Checked):
    """A kind of page.

    ``layout``: "slide" has one fixed size, "column" stacks panels under the model, "page" has them beside it, "thumb"
    has no words but the name. ``width`` and ``height`` are those of the page in print; a height of a page that is not
    fixed is the most. ``least_text`` is the smallest size of text in print, ``dpi`` the pixels per inch of
    a PNG where nothing else is asked for. ``direction`` is where the model flows to: up, or to the right. A page has
    at most so many ``panels`` and ``facts``, and never has what ``without`` names; it does without what ``drop`` names,
    in that order, until the rest finds room. ``spine`` are measures of
    the column, in design px (:class:`archdraw.layout.diagram.measures.Measures`), ``columns`` what is other in one
    of several columns, ``tight`` what is other where there is no air between boxes.
    """

    name: Annotated[str, Field(description="The name of the profile; that of the file unless said.")]
    description: str = Field(default="", description="What page it is, in a few words.")
    layout: Annotated[
        Literal["slide", "column", "page", "thumb"],
        Field(description="One fixed size; panels below the model; panels beside it; no words but the name."),
    ]
    width: Annotated[Length, Field(description="Width in print: 3.25in, 8cm, 82mm, 18pt or 1280px.")]
    height: Annotated[Length, Field(description="Height in print; of a page that is not a slide, the most.")]
    least_text: Annotated[Length, Field(description="The smallest size of text in print.")]
    dpi: Annotated[float, Field(gt=0, description="Pixels per inch of a PNG where nothing else is asked for.")] = 96
    direction: Direction = Field(default="up", description="Where the model flows to.")
    panels: Annotated[int, Field(ge=0, le=26, description="At most so many panels.")] = 2
    facts: Annotated[int, Field(ge=0, le=6, description="At most so many facts.")] = 3
    without: Annotated[tuple[Step, ...], Field(strict=False, description="What the page never has.")] = ()
    drop: Annotated[
        tuple[Step, ...],
        Field(strict=False, description="What the page does without, in this order, until the rest finds room."),
    ] = ()
    spine: Mapping[str, float] = Field(default={}, description="Measures of the column, in design px.")
    columns: Mapping[str, float] = Field(default={}, description="What is other in one of several columns.")
    tight: Mapping[str, float] = Field(default={}, description="What is other where there is no air between boxes.")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in print, in px of 1/96 inch."""
        return pixels(self.width), pixels(self.height)

    def of_width(self, width: str) -> Profile:
        """The same page of another ``width``, with a height in proportion where it is a slide."""
        if self.layout != "slide":
            return self.model_copy(update={"width": width})
        own, height = self.size
        return self.model_copy(update={"width": width, "height": f"{height * pixels(width) / own:.4f}px"})

    def towards(self, direction: Direction) -> Profile:
        """The same page of a model that flows in this ``direction``.

        To the right, a module beside the line makes its row higher, so that it goes before alternatives do, and what is
        inside of layers goes before boxes become one. Raises
        :class:`ArchdrawError` for a thumbnail that is to flow to the right.
        """
        if direction == "right" and self.layout == "thumb":
            raise ArchdrawError(f"{self.name} is drawn upwards only; slides, columns and pages flow to the right")
        drop = list(self.drop)
        if direction == "right" and "alternatives" in drop:
            # Rows are as long as a page is wide: layers have a row of their own, and modules make one higher.
            place = drop.index("alternatives")
            first = [step for step in _FIRST if step not in drop[:place]]
            drop = [*drop[:place], *first, *(step for step in drop[place:] if step not in first)]
            # In place of no picture: what is inside of layers stands in panels, as far as they find room.
            if "inside" not in drop:
                last = min((drop.index(step) for step in ("rows", "whole") if step in drop), default=len(drop))
                drop.insert(last, "inside")
        return self.model_copy(update={"direction": direction, "drop": tuple(drop)})


def check_direction(direction: str) -> Direction:
    """``direction`` where it is one. Raises :class:`ArchdrawError` where it is none."""
    for known in get_args(Direction):
        if direction == known:
            return cast("Direction", known)
    raise ArchdrawError(f"unknown direction {direction!r} (choose from {', '.join(get_args(Direction))})")


def profile_names() -> tuple[str, ...]:
    """The names of the profiles that come with the program or with packages that add to it."""
    return PROFILES.names()


def is_profile(view: str) -> bool:
    """Whether ``view`` names a profile, or a file that may be one."""
    return view in profile_names() or Path(view).suffix in (".yaml", ".yml")


def load_profile(name_or_path: str | Path) -> Profile:
    """The profile of that name, or of that file.

    A file may say ``like: slide`` and then only what differs from that profile. Raises :class:`ArchdrawError` where
    there is no such profile, :class:`InputError` with all that is wrong with a file.
    """
    if isinstance(name_or_path, str) and name_or_path in profile_names():
        return _named(name_or_path)
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        raise ArchdrawError(PROFILES.unknown(str(name_or_path), more="or a file that ends in .yaml"))
    return parse_profile(read_text(path), path.as_posix())


@cache
def _named(name: str) -> Profile:
    with PROFILES.file(name) as file:
        return parse_profile(read_text(file), file.as_posix())


def parse_profile(text: str, file: str) -> Profile:
    """The profile that the YAML ``text`` of ``file`` says.

    Raises :class:`InputError` with all that is wrong with it.
    """
    document = parse(text, file)
    data = plain(document.root)
    if not isinstance(data, dict):
        raise InputError([document.problem("a profile is a mapping", document.root.span)])
    base: dict[str, Any] = {}
    if "like" in data:
        like = data.pop("like")
        if like not in profile_names() or like == Path(file).stem:
            hint = nearest(str(like), profile_names()) or f"choose from {', '.join(profile_names())}"
            raise InputError([document.problem(f"unknown profile {like!r}", document.span("like"), hint)])
        base = _named(like).model_dump()
    for measures in ("spine", "columns", "tight"):
        if isinstance(data.get(measures), dict):
            data[measures] = {**base.get(measures, {}), **data[measures]}
    try:
        return Profile.model_validate({**base, "name": Path(file).stem, **data})
    except ValidationError as error:
        raise InputError(
            document.problem(_said(found), document.span(*found["loc"]), _hint(found)) for found in error.errors()
        ) from None


def _said(found: Mapping[str, Any]) -> str:
    """What pydantic found, in our words."""
    path = [str(step) for step in found["loc"]]
    match found["type"]:
        case "missing":
            return f"{' '.join(path)} is missing"
        case "extra_forbidden":
            return f"a profile has no {path[-1]}"
        case "string_pattern_mismatch":
            return f"{path[-1]} is not a length"
        case _:
            return f"{' '.join(path)}: {found['msg'][:1].lower()}{found['msg'][1:]}"


def _hint(found: Mapping[str, Any]) -> str:
    match found["type"]:
        case "missing":
            return "say like: slide to take over all that is not given"
        case "extra_forbidden":
            known = Profile.model_fields
            return nearest(str(found["loc"][-1]), known) or f"known: {', '.join(known)}"
        case "string_pattern_mismatch":
            return "say 3.25in, 8cm, 82mm, 18pt or 1280px"
        case _:
            return ""

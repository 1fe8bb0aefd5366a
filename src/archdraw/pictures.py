"""Pictures of several models: a function for each view that comes with archdraw, :func:`draw` for others; and slides.

Each takes models as :func:`archdraw.load` does (names, files, ids) or as :class:`archdraw.Model`, and returns a
:class:`archdraw.Picture`. Nothing heavy is imported before a function is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from archdraw.errors import ArchdrawError
from archdraw.model import Model

if TYPE_CHECKING:
    from archdraw.app.deck import Deck
    from archdraw.app.pictures import Picture

AnyModel: TypeAlias = str | Path | Model
"""A model that was loaded, or what :func:`archdraw.load` takes."""


def compare(*models: AnyModel, details: bool = False, link: str = "") -> Picture:
    """Two to four ``models`` side by side, with a sign for each difference and a table of all.

    The picture is made for one screen; ``details`` adds panels of what is in the blocks, below the table. ``link`` is
    where names of models lead to, ``{slug}`` in it each model's slug; empty: the links in their specs. Raises
    :class:`archdraw.ArchdrawError` for fewer or more models, for one whose structure is not disclosed, and as
    :func:`archdraw.load`.

    >>> compare("llama-2-7b", "llama-3-8b").data()["models"][1]
    {'slug': 'llama-3-8b', 'name': 'Llama 3 8B', 'incomplete': []}
    """
    return _drawn("compare", models, link, details=details)


def lineage(
    *models: AnyModel,
    of: str | None = None,
    family: str | Sequence[str] = (),
    from_: int | None = None,
    by: Literal["developer", "family"] = "developer",
    details: bool = False,
    link: str = "",
) -> Picture:
    """Which of ``models`` (all that come with archdraw for none) was made from which, over time.

    ``of`` shows only the ancestors and descendants of this slug, ``family`` only models of these families or
    developers, ``from_`` only those from this year on. ``by`` says what a lane is. Of many models boxes
    count those of their family that are like them, and others stand in a list, unless ``details`` is set: then each has
    its box, however tall the page becomes. ``link`` as in :func:`compare`.
    Raises :class:`archdraw.ArchdrawError` for a model or family that is not there, and as :func:`archdraw.load`.

    >>> [model["slug"] for model in lineage("llama-1-7b", "llama-2-7b", "gpt-2", family="Llama").data()["models"]]
    ['llama-1-7b', 'llama-2-7b']
    """
    return _drawn("lineage", models, link, of=of, family=family, from_=from_, by=by, details=details)


def scale(
    *models: AnyModel,
    x: Literal["date", "active", "context", "width"] = "date",
    y: Literal["total", "active", "active-share", "kv-cache", "layers"] = "total",
    context: int = 131072,
    copies: bool = False,
    view: Literal["points", "bars"] = "points",
    sort: Literal["size", "date", "name"] = "size",
    labels: Literal["all", "few"] = "all",
    link: str = "",
) -> Picture:
    """Total and active parameters of ``models`` (all that come with archdraw for none), on axes or as bars.

    ``x`` and ``y`` (on a log scale) are the axes: release dates, numbers of parameters, tokens of context, the width of
    the line between layers, the share of parameters that are active, layers, bytes of the KV cache in bf16 at
    ``context`` tokens. ``copies`` shows models whose counts are those of an older one, too.
    ``view`` "bars" draws parameters to one scale, in the order of ``sort``; of points ``labels`` "few" names only those
    at the rim. ``link`` as in :func:`compare`. Raises
    :class:`archdraw.ArchdrawError` for a ``context`` below 1 and where no model is left, and as :func:`archdraw.load`.

    >>> [model["total"] for model in scale("gpt-2", "gpt-2-xl").data()["models"]]
    [124439808, 1557611200]
    """
    return _drawn("scale", models, link, x=x, y=y, context=context, copies=copies, view=view, sort=sort, labels=labels)


def timeline(
    *models: AnyModel,
    concept: str | Sequence[str] = (),
    about: str | Sequence[str] = (),
    by: Literal["model", "quarter", "year"] = "model",
    link: str = "",
) -> Picture:
    """Adoption of architectural features over time, by ``models`` (all that come with archdraw for none).

    ``concept`` names the features to show, ``about`` groups of them; neither: all. ``by`` says what a column is: a
    model, or the share of a quarter's or a year's models. ``link`` as in :func:`compare`. Raises
    :class:`archdraw.ArchdrawError` for a concept or group that is not there, where no model has a date, and as
    :func:`archdraw.load`.

    >>> timeline("gpt-2", "qwen3-8b", concept="QK-norm").data()["concepts"][0]["first"]
    ['qwen3-8b']
    """
    return _drawn("timeline", models, link, concept=concept, about=about, by=by)


def poster(
    *models: AnyModel,
    by: Literal["developer", "family", "date"] = "developer",
    columns: int | None = None,
    paper: Literal["A0", "A1", "A2", "A3", "A4"] | None = None,
    landscape: bool = False,
    link: str = "",
) -> Picture:
    """The diagrams of ``models`` (all that come with archdraw for none) on one sheet, with a legend and an index.

    ``by`` groups them, ``columns`` (1 to 100) is the most beside each other. ``paper`` is what SVG and PDF fill, the
    long side across if ``landscape``; None: as large as the diagrams are. ``link`` as in :func:`compare`. Raises
    :class:`archdraw.ArchdrawError` for ``columns`` out of range, and as :func:`archdraw.load`.

    >>> [group["name"] for group in poster("gpt-2", "llama-3-8b").data()["groups"]]
    ['Meta', 'OpenAI']
    """
    return _drawn("poster", models, link, by=by, columns=columns, paper=paper, landscape=landscape)


def deck(
    *models: AnyModel,
    theme: str | Path = "light",
    template: str | Path | None = None,
    size: Literal["16:9", "4:3"] = "16:9",
    pictures: Literal["shapes", "picture"] = "shapes",
    clicks: bool = False,
    fonts: str | Path | Sequence[str | Path] = (),
    title: str = "",
    metadata: bool = True,
) -> Deck:
    """Slides of ``models`` for PowerPoint: each one's layers, panels, facts and sources, and how several differ.

    They have the layouts, fonts, colours and size of ``template``, a .pptx or .potx; without one the colours of
    ``theme``, and ``size`` is their shape. ``pictures`` are "shapes" that are edited, or a "picture". With ``clicks``
    each model is built up by these. ``fonts`` as in :meth:`archdraw.Model.scene`, ``title`` is that of the file, which
    says of what it was made unless ``metadata`` is false. Raises :class:`archdraw.ArchdrawError` for a theme, a
    template, a size or a font that there is not, and where python-pptx is not installed; and as :func:`archdraw.load`.

    >>> deck("llama-3-8b", "deepseek-v3", theme="dark")
    <archdraw deck Llama 3 8B and DeepSeek V3>
    """
    from archdraw.app.deck import deck as made
    from archdraw.app.pictures import opened

    if not models:
        raise ArchdrawError("a deck needs at least one model")
    files = (fonts,) if isinstance(fonts, str | Path) else tuple(fonts)
    return made(
        [opened(model) for model in models],
        theme=theme,
        template=template,
        size=size,
        pictures=pictures,
        clicks=clicks,
        fonts=files,
        title=title,
        metadata=metadata,
    )


def draw(view: str, /, *models: AnyModel, link: str = "", **options: Any) -> Picture:
    """The ``view`` of several models with that name, also of another package, with the ``options`` that it has.

    ``models`` and ``link`` as in :func:`compare`. Raises :class:`archdraw.ArchdrawError` where there is no such view,
    for fewer or more models than it takes and for values that an option does not take, :class:`TypeError` for an option
    that it does not have, and as :func:`archdraw.load`.

    >>> draw("compare", "llama-2-7b", "llama-3-8b", details=True)
    <archdraw compare>
    """
    return _drawn(view, models, link, **options)


def _drawn(view: str, models: Sequence[AnyModel], link: str, /, **options: Any) -> Picture:
    from archdraw.app.pictures import drawn

    return drawn(view, models, link, **options)

"""What notebooks show of models and pictures, and in which theme, view and format.

Nothing of it asks a network, and a picture as ``svg`` or ``png`` needs no trust: JupyterLab takes elements of SVG, and
outputs that are SVG, out of a notebook that it has not run itself, an ``<img>`` with the same SVG it shows.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from archdraw.errors import ArchdrawError, unknown_name
from archdraw.outputs import written
from archdraw.records import record, replaced

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from archdraw.scene import Scene

Format: TypeAlias = Literal["svg", "html", "png"]
"""How a picture is shown: "svg" as an image, "html" as text that can be selected, "png" as pixels."""
DENSITY = 2.0
"""Pixels of a PNG for each px of its picture: screens have as many. With 256 colours it is less than half as long."""


@record
class Options:
    """How notebooks show pictures: the ``theme``, the ``view`` of one model (empty: its spec's), the ``format``."""

    theme: str = "light"
    view: str = ""
    format: Format = "svg"


class Chosen:
    """Options that hold from now on; in a ``with`` statement until it ends."""

    def __init__(self, before: Options, now: Options) -> None:
        self._before, self._now = before, now

    def __enter__(self) -> None:
        _state.options = self._now

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _state.options = self._before

    def __repr__(self) -> str:
        now = self._now
        return f"<archdraw options: theme={now.theme!r}, view={now.view!r}, format={now.format!r}>"


class _State:
    """What this session has chosen and shown."""

    options = Options()

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()


_state = _State()


def options(*, theme: str | None = None, view: str | None = None, format: Format | None = None) -> Chosen:
    """How notebooks show models and pictures from now on, or in a ``with`` statement until it ends.

    ``theme`` is a theme's name or file; ``view`` that of one model, as in :meth:`archdraw.Model.scene`, empty for what
    its spec says, else its plate. ``format`` is "svg" (an image), "html" (text that can be selected, and links; in
    JupyterLab only in notebooks that are trusted) or "png". What is None stays as it is. Raises
    :class:`archdraw.ArchdrawError` for a theme, view or format that there is not.

    >>> from archdraw import load
    >>> with options(theme="dark", view="card", format="png"):
    ...     sorted(load("gpt-2")._repr_mimebundle_()[0])
    ['image/png', 'text/plain']
    """
    given: dict[str, Any] = {"theme": theme, "view": view, "format": format}
    if theme is not None:
        from archdraw.theme import load_theme

        load_theme(theme)
    if view:
        _check_view(view)
    if format is not None and format not in get_args(Format):
        raise ArchdrawError(unknown_name("format", format, get_args(Format)))
    before = _state.options
    _state.options = replaced(before, **{name: value for name, value in given.items() if value is not None})
    return Chosen(before, _state.options)


def _check_view(view: str) -> None:
    from archdraw.doors import PROFILES, VIEWS
    from archdraw.profile import is_profile

    name = view.partition(":")[0]
    if name not in VIEWS.names() and not is_profile(view):
        raise ArchdrawError(VIEWS.unknown(name, (*VIEWS.names(), *PROFILES.names())))


def chosen() -> Options:
    """The options that hold now."""
    return _state.options


def bundle(
    text: str,
    scene: Callable[[Options], Scene],
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> Any:
    """What a notebook shows of a picture: data by their types, and of pixels with their size on the page.

    ``text`` is for places without pictures, ``scene`` lays the picture out if it is asked for.
    """

    def wanted(kind: str) -> bool:
        return (not include or kind in include) and kind not in (exclude or ())

    now = chosen()
    kinds = {"svg": ("text/html", "image/svg+xml"), "html": ("text/html",), "png": ("image/png",)}[now.format]
    asked = [kind for kind in kinds if wanted(kind)]
    data: dict[str, Any] = {"text/plain": text} if wanted("text/plain") else {}
    if not asked:
        return data
    picture = scene(now)
    width, height = (round(side) for side in picture.size)
    if now.format == "png":
        data["image/png"] = b64encode(written(picture, "png", scale=DENSITY, palette=True)).decode()
        return data, {"image/png": {"width": width, "height": height}}
    for kind in asked:
        if kind == "image/svg+xml":
            data[kind] = written(picture, "svg").decode()
        elif now.format == "svg":
            data[kind] = image(written(picture, "svg"), picture.title, width)
        else:
            data[kind] = inline(picture)
    return data


def image(svg: bytes, title: str, width: int) -> str:
    """``svg`` as an element of a page, so that nothing of the page and of other pictures meets what is in it."""
    from html import escape

    address = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    # No height: a page that makes it narrower would leave it as high as it was.
    return f'<img alt="{escape(title)}" width="{width}" style="max-width: 100%" src="{address}">'


def inline(picture: Scene) -> str:
    """``picture`` as elements of a page, with ids of its own, also where it is shown again."""
    from archdraw.cache.store import digest

    bare = written(picture, "svg")
    name = f"a{digest(bare)[:8]}"
    _state.shown[name] += 1
    times = _state.shown[name]
    text = written(picture, "svg", prefix=f"{name}-" if times == 1 else f"{name}.{times}-").decode()
    return re.sub(r"^.*?<svg ", '<svg style="max-width: 100%; height: auto" ', text, count=1, flags=re.DOTALL)


@record(eq=False, repr=False)
class Explored:
    """A model to be explored: a ``page`` that needs no other file, its ``title``, and how high a notebook shows it.

    In Jupyter it renders as a frame with the page, apart from all else in the notebook.
    """

    page: str
    title: str
    height: int

    def save(self, path: str | Path) -> Path:
        """Writes the page to ``path``, an HTML file, and returns the path. Raises :class:`OSError` where it cannot."""
        from pathlib import Path

        from archdraw.files import write_whole

        write_whole(path, self.page.encode())
        return Path(path)

    def __repr__(self) -> str:
        return f"<archdraw page: {self.title}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame that nothing around it can reach, nor it what is around."""
        from html import escape

        # Between single quotes the many double ones of a picture stay as they are.
        inside = self.page.replace("&", "&amp;").replace("'", "&#39;")
        given = f'title="{escape(self.title)}" width="100%" height="{self.height}" style="border: 0"'
        # What is in a frame is read where frames are left out: in a notebook that JupyterLab does not trust.
        words = f"Run this cell to explore: {escape(self.title)}"
        return f"<iframe {given} sandbox=\"allow-scripts allow-popups\" srcdoc='{inside}'>{words}</iframe>"

"""What is in a document for a picture in a file: a README in light and dark, HTML, Markdown, reST, LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path

from archdraw.app.jobs import PLATE, Output
from archdraw.records import record


@record
class Shown:
    """A picture in ``files``, called ``title``, as large as it is printed, in px; ``slug`` is its name."""

    files: Sequence[Path]
    title: str
    width: float
    height: float
    slug: str


@record
class Form:
    """One kind of document: ``write`` makes what is in it of pictures in ``format``, one in each of ``themes``."""

    write: Callable[[Shown], str]
    format: str = "svg"
    themes: tuple[str, ...] = ("light",)
    view: str = ""


def outputs(form: Form, folder: Path, slug: str, view: str, theme: str, width: str) -> tuple[Output, ...]:
    """The files that a snippet of ``form`` shows; ``view`` and ``theme`` are empty for those of the form."""
    wanted = view or form.view
    themes = (theme,) if theme else form.themes
    shown = re.sub(r"[^\w.-]+", "-", Path(wanted).stem) if wanted and wanted != PLATE else ""
    names = ["-".join(filter(None, (slug, shown, one if len(themes) > 1 else ""))) for one in themes]
    return tuple(
        Output(folder / f"{name}.{form.format}", form.format, wanted, one, width=width)
        for name, one in zip(names, themes, strict=True)
    )


def _picture(shown: Shown) -> str:
    """GitHub and browsers take the file that goes with the reader's colors."""
    if len(shown.files) == 1:
        return _html(shown)
    light, dark = (_address(file) for file in shown.files)
    return (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{dark}">\n'
        f'  <img src="{light}" alt="{escape(shown.title)}">\n</picture>'
    )


def _html(shown: Shown) -> str:
    size = f'width="{shown.width:.0f}" height="{shown.height:.0f}"'
    return f'<img src="{_address(shown.files[0])}" alt="{escape(shown.title)}" {size}>'


def _markdown(shown: Shown) -> str:
    words = re.sub(r"([\[\]\\])", r"\\\1", shown.title)
    return f"![{words}]({_address(shown.files[0])})"


def _rst(shown: Shown) -> str:
    # Spaces that no backslash protects are taken out of an address.
    address = shown.files[0].as_posix().replace("\\", r"\\").replace(" ", r"\ ")
    return f".. image:: {address}\n   :alt: {shown.title}"


def _latex(shown: Shown) -> str:
    kind, width = ("figure*", r"\textwidth") if shown.width > COLUMN else ("figure", r"\columnwidth")
    file = shown.files[0].as_posix()
    words = re.sub(r"[&%$#_{}]|[\\~^]", lambda found: LATEX.get(found[0], f"\\{found[0]}"), shown.title)
    return "\n".join(
        [
            rf"\begin{{{kind}}}  % \usepackage{{graphicx}}",
            r"  \centering",
            # A float that is higher than a page is put nowhere; so high, it has room for a caption of four lines.
            rf"  \includegraphics[width={width},height=0.85\textheight,keepaspectratio]{{{file}}}",
            rf"  \caption{{{words}}}",
            rf"  \label{{fig:{re.sub(r'[^A-Za-z0-9.-]+', '-', shown.slug)}}}",
            rf"\end{{{kind}}}",
        ]
    )


COLUMN = 540
"""Px of the widest picture that goes into one of two columns; its text would be too small there else."""
LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
"""What stands for signs of LaTeX that a backslash does not make plain."""

FORMS: Mapping[str, Form] = {
    "readme": Form(_picture, themes=("light", "dark")),
    "html": Form(_html),
    "markdown": Form(_markdown),
    "rst": Form(_rst),
    "latex": Form(_latex, "pdf", view="column"),
}


def _address(file: Path) -> str:
    """A path as an address: spaces and signs that end one are written by their numbers."""
    from urllib.parse import quote

    return escape(quote(file.as_posix()))

"""Builds documents with pictures by the programs themselves: twice, and the second time nothing may be drawn.

    pip install -e .[test] myst-parser mkdocs-material zensical pypandoc-binary typst nbconvert nbclient ipykernel
    apt-get install texlive-latex-extra lmodern tex-gyre libreoffice-writer libreoffice-impress poppler-utils chromium
    npm install --prefix DIR @marp-team/marp-cli reveal.js@5
    python tests/verify_documents.py --npm DIR --keep out            # all, and leaves pages as PNG to be looked at
    python tests/verify_documents.py sphinx pandoc --keep out        # some

A program that is missing is an error. ``drawn 4, then 0`` counts processes that drew: those that laid something out.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pypdf import PdfReader

from browser import chromium
from building_place import Place
from test_sphinx import SPEC, indented

FENCES = """site_name: Test
theme: {name: material, font: false}
markdown_extensions:
  - attr_list
  - pymdownx.superfences:
      custom_fences:
        - name: archdraw
          class: archdraw
          format: !!python/name:archdraw.documents.markdown.fence
          validator: !!python/name:archdraw.documents.markdown.validator
"""
RST = f"""Title
=====

.. archdraw:: llama-3-8b
   :caption: Llama 3 8B
   :name: llama

See :numref:`llama`.

.. archdraw::
   :view: column
   :theme: dark
   :width: 8cm

{indented(SPEC, 3)}
.. archdraw:: gpt-2 llama-3-8b
   :view: compare
   :caption: Both
"""
MARKDOWN = f"""# One

```archdraw caption="Llama 3 8B"
llama-3-8b
```

- in a list

    ```archdraw view="column" theme="auto"
{indented(SPEC, 4)}    ```

```archdraw view="compare" caption="Both"
gpt-2 llama-3-8b
```
"""
PAPER = f"""# One

```{{.archdraw caption="Llama 3 8B" #fig:llama}}
llama-3-8b
```

![DeepSeek V3](deepseek-v3){{.archdraw view=column width=7cm}}

```{{.archdraw view=thumb}}
{SPEC}```

```{{.archdraw view=compare caption="Both"}}
gpt-2 llama-3-8b
```
"""
SLIDES = """# Llama 3 8B

```archdraw
llama-3-8b
```

# With words

Some words.

```{.archdraw caption="The same"}
llama-3-8b
```
"""
CELLS = (
    *("import archdraw", "archdraw.load('llama-3-8b')", "archdraw.load('deepseek-v3')", "archdraw.load('llama-3-8b')"),
    *("archdraw.compare('llama-3-8b', 'deepseek-v3')", "archdraw.load('deepseek-v3').facts"),
    *("archdraw.table('gpt-2', 'llama-3-8b')", "archdraw.difference('llama-3-8b', 'deepseek-v3')"),
)


def sphinx(place: Place) -> str:
    place.write(conf_DOT_py='extensions = ["archdraw.documents.sphinx"]\nnumfig = True\n', index_DOT_rst=RST)

    def build(builder: str) -> Callable[[], str]:
        return lambda: place.python("sphinx", "-W", "-E", "-q", "-b", builder, "-d", "trees", ".", builder)

    said = place.twice(build("html"), build("latex"))
    (text,) = (place.folder / "latex").glob("*.tex")
    for _ in range(2):  # the second time with the numbers of figures
        place.run("pdflatex", "-interaction=nonstopmode", text.name, below="latex")
    assert any("Inter" in font for font in place.fonts(f"latex/{text.stem}.pdf"))
    place.pages(f"latex/{text.stem}.pdf")
    place.shot(place.folder / "html" / "index.html", "sphinx-html.png", "1200,1400")
    return said


def myst(place: Place) -> str:
    """Sphinx with documents in Markdown, and the line of a mistake in them."""
    named = "```{archdraw} gpt-2 llama-3-8b\n:view: compare\n:caption: Both\n```"
    fence = f"# Title\n\n{named}\n\n```{{archdraw}}\n:view: card\n\n{SPEC}```\n"
    place.write(conf_DOT_py='extensions = ["myst_parser", "archdraw.documents.sphinx"]\n', index_DOT_md=fence)
    build = ("sphinx", "-W", "-E", "-q", "-b", "html", "-d", "trees", ".", "html")
    said = place.twice(lambda: place.python(*build))
    place.write(index_DOT_md=fence.replace("swiglu", "swilu"))
    line = next(number for number, text in enumerate(fence.splitlines(), 1) if "swiglu" in text)
    with pytest.raises(RuntimeError, match=f"index.md:{line}: ERROR: archdraw: no block is called swilu"):
        place.python(*build)
    return said


def mkdocs(place: Place) -> str:
    place.write(mkdocs_DOT_yml=FENCES, docs__index_DOT_md=MARKDOWN)
    said = place.twice(lambda: place.python("mkdocs", "build", "--strict", "-q"))
    place.shot(place.folder / "site" / "index.html", "mkdocs.png", "1200,1400")
    return said


def zensical(place: Place) -> str:
    place.write(mkdocs_DOT_yml=FENCES, docs__index_DOT_md=MARKDOWN)
    said = place.twice(lambda: place.python("zensical", "build", "--clean"))
    page = (place.folder / "site" / "index.html").read_text("utf-8")
    assert page.count("data:image/svg+xml;base64,") == 4
    assert "archdraw-error" not in page
    place.shot(place.folder / "site" / "index.html", "zensical.png", "1200,1400")
    return said


def pandoc(place: Place) -> str:
    from pypandoc import get_pandoc_path

    place.write(paper_DOT_md=PAPER, slides_DOT_md=SLIDES)
    program = (get_pandoc_path(), "--lua-filter", place.python("archdraw", "pandoc").strip(), "-s")
    papers = ("html", "docx", "odt", "pdf", "epub", "typ")
    reveal = f"revealjs-url={place.npm / 'node_modules' / 'reveal.js'}"

    def build() -> None:
        for to in papers:
            place.run(*program, "paper.md", "-o", f"paper.{to}")
        place.run(*program, "slides.md", "-o", "slides.pptx")
        place.run(*program, "slides.md", "-t", "beamer", "-o", "beamer.pdf")
        place.run(*program, "slides.md", "-t", "revealjs", "-V", reveal, "-o", "reveal.html")

    said = place.twice(build)
    for name, folder in (("paper.docx", "word/media/"), ("slides.pptx", "ppt/media/"), ("paper.odt", "Pictures/")):
        with zipfile.ZipFile(place.folder / name) as archive:
            media = [one for one in archive.namelist() if one.startswith(folder)]
            assert len(media) >= 1, f"{name} has no picture"
            for one in media:
                data = archive.read(one)
                assert data.startswith(b"\x89PNG") or (b"<svg" in data and b"<text" not in data), f"{name}: {one}"
    for name in ("paper.pdf", "beamer.pdf"):
        assert {font.partition("+")[2].partition("-")[0] for font in place.fonts(name)} >= {"Inter"}
    compiled = "import typst; typst.compile('paper.typ', output='typst.pdf')"
    place.run(sys.executable, "-c", compiled)
    for name in ("paper.docx", "paper.odt", "slides.pptx", "paper.pdf", "beamer.pdf", "typst.pdf"):
        place.pages(name)
    for number in (0, 1):
        place.shot(place.folder / "reveal.html", f"reveal-{number}.png", "960,700", f"#/{number}")
    return said


def marp(place: Place) -> str:
    said = place.twice(lambda: place.python("archdraw", "render", "llama-3-8b", "--view", "slide", "-o", "a.svg"))
    place.write(deck_DOT_md="---\nmarp: true\n---\n\n![bg contain](a.svg)\n\n---\n\n# Words\n\n![h:420](a.svg)\n")
    place.environment |= {"CHROME_PATH": chromium(), "CHROME_NO_SANDBOX": "1", "IS_DOCKER": "1"}
    program = place.npm / "node_modules" / ".bin" / "marp"
    place.run(program, "deck.md", "--pdf", "--allow-local-files", "-o", "deck.pdf")
    pages = [page.extract_text() for page in PdfReader(place.folder / "deck.pdf").pages]
    assert len(pages) == 2
    assert all("Grouped-query attention" in page for page in pages)
    place.pages("deck.pdf")
    return said


def latex(place: Place) -> str:
    snippets: list[str] = []

    def build() -> None:
        snippets[:] = [
            place.python("archdraw", "snippet", "llama-3-8b", "--as", "latex", *more)
            for more in ((), ("--view", "page"), ("--view", "card"))
        ]

    said = place.twice(build)
    place.write(
        paper_DOT_tex="\\documentclass[twocolumn]{article}\\usepackage{graphicx}\\begin{document}"
        + "\n\n".join(snippets)
        + "\\end{document}"
    )
    log = place.run("pdflatex", "-interaction=nonstopmode", "paper.tex")
    assert "Overfull" not in log
    assert "too large" not in log
    place.pages("paper.pdf")
    return said


def nbconvert(place: Place) -> str:
    sizes = []
    for format in ("svg", "html"):
        first, *cells = CELLS
        sources = [f"{first}\narchdraw.options(format='{format}')", *cells]
        none: dict[str, object] = {"metadata": {}, "outputs": [], "execution_count": None}
        code = [
            {"cell_type": "code", "id": f"c{number}", "source": source, **none} for number, source in enumerate(sources)
        ]
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code}
        place.write(**{f"{format}_DOT_ipynb": json.dumps(book)})
        place.python("nbconvert", "--execute", "--to", "notebook", "--inplace", f"{format}.ipynb")
        place.python("nbconvert", "--to", "html", f"{format}.ipynb")
        page = (place.folder / f"{format}.html").read_text("utf-8")
        repeated = [name for name, times in Counter(re.findall(r'\sid="([^"]*)"', page)).items() if times > 1]
        assert repeated == []
        assert ("Grouped-query" in re.sub(r"<title>.*?</title>|<desc.*?</desc>", "", page)) or format == "svg"
        sizes += [(place.folder / f"{format}.{suffix}").stat().st_size for suffix in ("ipynb", "html")]
        place.shot(place.folder / f"{format}.html", f"notebook-{format}.png", "1100,4000")
    assert max(sizes) < 1_000_000, sizes
    return f"bytes {sizes}"


CHECKS: dict[str, Callable[[Place], str]] = {
    one.__name__: one for one in (sphinx, myst, mkdocs, zensical, pandoc, marp, latex, nbconvert)
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*CHECKS, []], help="programs; all for none")
    parser.add_argument("--npm", type=Path, default=Path("node_modules").parent, help="folder with node_modules")
    parser.add_argument("--keep", type=Path, help="folder for what is built")
    asked = parser.parse_args(arguments)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in asked.names or CHECKS:
            folder = (asked.keep or Path(scratch)).resolve() / name
            shutil.rmtree(folder, ignore_errors=True)
            try:
                print(f"{name:<10} {CHECKS[name](Place(folder, asked.npm.resolve()))}", flush=True)
            except (AssertionError, RuntimeError, OSError) as error:
                failed += 1
                print(f"{name:<10} FAILED: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

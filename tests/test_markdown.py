"""Pictures in Markdown, by the fence that MkDocs, Material for MkDocs and Zensical have."""

from __future__ import annotations

import base64
import logging
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import markdown
import pytest
from pymdownx.superfences import SuperFencesException

from archdraw.app.jobs import Drawn, Job, draw
from archdraw.documents import drawing
from archdraw.documents.markdown import fence, validator
from test_sphinx import SPEC, indented

IMAGE = re.compile(r'(?:src|srcset)="data:image/svg\+xml;base64,([^"#]*)(#[\w-]*)?"')


def converter() -> markdown.Markdown:
    fences = [{"name": "archdraw", "class": "archdraw", "format": fence, "validator": validator}]
    settings = {"pymdownx.superfences": {"custom_fences": fences}}
    return markdown.Markdown(extensions=["pymdownx.superfences", "attr_list"], extension_configs=settings)


def pictures(page: str) -> list[ET.Element]:
    return [ET.fromstring(base64.b64decode(data)) for data, _ in IMAGE.findall(page)]


def title(picture: ET.Element) -> str:
    return picture.findtext("{http://www.w3.org/2000/svg}title") or ""


def test_a_fence_becomes_a_picture() -> None:
    page = converter().convert(
        '```archdraw view="card" caption="GPT-2 <small>" align="center" width="60%" name="one" class="wide"\ngpt-2\n```'
    )
    (picture,) = pictures(page)
    assert title(picture) == "GPT-2 124M architecture"
    assert "<figcaption>GPT-2 &lt;small&gt;</figcaption>" in page
    assert re.search('<figure id="one" class="archdraw wide" style="width: 60%; margin-left: auto', page)
    assert 'alt="GPT-2 124M architecture"' in page
    ratio = int(picture.attrib["height"]) / int(picture.attrib["width"])
    width, height = (int(size) for size in re.findall(r'(?:width|height)="(\d+)"', page))
    assert height / width == pytest.approx(ratio, abs=0.01)


def test_a_fence_in_a_list_and_with_braces() -> None:
    text = f"- one\n\n    ``` {{ .archdraw view='card' .wide #small }}\n{indented(SPEC, 4)}    ```\n"
    page = converter().convert(text)
    assert [title(one) for one in pictures(page)] == ["Tiny 1 architecture"]
    assert '<figure id="small" class="archdraw wide">' in page


def test_pages_are_laid_out_for_a_width_and_others_shown_in_it() -> None:
    text = '```archdraw view="card" width="4cm"\ngpt-2\n```\n\n```archdraw view="column" width="10cm"\ngpt-2\n```'
    page = converter().convert(text)
    assert [int(one.attrib["width"]) > 400 for one in pictures(page)] == [True, False]
    assert pictures(page)[1].attrib["width"] == "378"  # 10 cm
    assert re.findall(r'<figure [^>]*style="(.*?)"', page) == ["width: 4cm", "width: 10cm"]


def test_light_and_dark() -> None:
    page = converter().convert('```archdraw view="card" theme="auto"\ngpt-2\n```')
    dark, light = pictures(page)  # as a browser reads them: the first source that fits
    assert '<picture><source media="(prefers-color-scheme: dark)"' in page
    grounds = [next(one.attrib["fill"] for one in picture.iter() if "fill" in one.attrib) for picture in (dark, light)]
    assert grounds[0] < "#555555" < "#AAAAAA" < grounds[1]
    only = converter().convert('```archdraw view="card" theme="dark" class="only-dark"\ngpt-2\n```')
    assert IMAGE.findall(only)[0][1] == "#only-dark"


WRONG = f"""# Title

```archdraw them="dark"
gpt-2
```

```archdraw view="card"
gpt-20
```

```archdraw align="middle"
gpt-2
```

```archdraw theme="drak"
gpt-2
```

```archdraw
```

> - quoted
>
>     ```archdraw view="card"
{"".join(f">     {line}" + chr(10) for line in SPEC.replace("swiglu", "swilu").splitlines())}>     ```
"""
SAID = [
    (4, "unknown option 'them'; did you mean theme?"),
    (8, "gpt-20:1:1: error: file not found"),
    (12, "align is left, center or right"),
    (16, "unknown theme 'drak'"),
    (20, "there is no model"),
    (33, "no block is called swilu"),
]


@pytest.mark.parametrize("front_matter", ["", "---\ntitle: Wrong\n---\n"])
def test_errors_are_seen_and_logged_with_their_lines(
    front_matter: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document = tmp_path / "wrong.md"
    document.write_text(front_matter + WRONG, "utf-8")
    page, logged = _converted(WRONG, document, caplog)
    assert [int(line) for line, _ in logged] == [line + front_matter.count("\n") for line, _ in SAID]
    for (_, message), (_, wanted) in zip(logged, SAID, strict=True):
        assert wanted in message
    assert page.count('class="archdraw-error admonition danger"') == len(SAID)
    shown = unescape(page)
    line = SAID[-1][0] + front_matter.count("\n")
    assert f"   {line} | {'':>12}feed_forward: {{swilu: {{intermediate_size: 16}}}}\n      | {'':>27}^^^^^" in shown
    assert "did you mean swiglu" in shown


def _converted(text: str, document: Path, caplog: pytest.LogCaptureFixture) -> tuple[str, list[tuple[str, str]]]:
    """The page, and the lines and messages of errors, as a program that names the file of a page as MkDocs does."""
    made = converter()
    named: Any = markdown.treeprocessors.Treeprocessor(made)
    named.file = SimpleNamespace(abs_src_path=str(document))
    made.treeprocessors.register(named, "relpath", 0)
    with caplog.at_level(logging.ERROR):
        page = made.convert(text)
    said = [re.fullmatch(rf"{re.escape(str(document))}:(\d+): archdraw: (.*)", one, re.S) for one in caplog.messages]
    assert all(said), caplog.messages
    return page, [(one[1], one[2]) for one in said if one]


def test_a_file_beside_the_document_comes_first(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "small.yaml").write_text(SPEC, "utf-8")
    page, errors = _converted('```archdraw view="card"\nsmall.yaml\n```', tmp_path / "page.md", caplog)
    assert ([title(one) for one in pictures(page)], errors) == (["Tiny 1 architecture"], [])


def test_a_page_that_is_made_again_draws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path))
    drawn: list[Job] = []

    def counted(job: Job) -> Drawn:
        drawn.append(job)
        return draw(job)

    monkeypatch.setattr(drawing, "draw", counted)
    text = f'```archdraw view="card"\ngpt-2\n```\n\n```archdraw view="card"\n{SPEC}```\n'
    first = converter().convert(text)
    assert (converter().convert(text), len(drawn)) == (first, 2)


def test_a_fault_of_our_own_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "draw", lambda job: Drawn(crash="Traceback: the drawing broke"))
    with pytest.raises(SuperFencesException, match="this is a fault of archdraw"):
        converter().convert("```archdraw\ngpt-2\n```")

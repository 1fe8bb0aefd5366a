"""Many models on one page: every plate as SVG and PNG, and an index to look through."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from archdraw.app.batch import Job, Outcome, Output

PNG_SCALE = 2.0

_STYLE = """
:root { color-scheme: light dark; --ink: #1A1D21; --page: #FFFFFF; --line: #6B7280; --link: #2B5FA8 }
@media (prefers-color-scheme: dark) { :root { --ink: #F2F4F6; --page: #14171A; --line: #8B95A1; --link: #7FA8E6 } }
body { margin: 2rem auto; max-width: 100rem; padding: 0 1rem; color: var(--ink); background: var(--page);
  font: 1rem/1.5 Inter, system-ui, sans-serif }
a { color: var(--link) }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(28rem, 100%), 1fr)); gap: 2rem }
figure { margin: 0 }
img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 8px }
figcaption { margin-top: 0.5rem }
"""


def jobs(specs: Sequence[Path], folder: Path, theme: str | Path = "light") -> list[Job]:
    """What is to be drawn: the plate of each spec in ``folder``, named after it, as SVG and as PNG."""
    return [
        Job(
            spec,
            (
                Output(folder / f"{spec.stem}.svg", "svg", theme=theme),
                Output(folder / f"{spec.stem}.png", "png", theme=theme, scale=PNG_SCALE),
            ),
        )
        for spec in specs
    ]


def index(outcomes: Sequence[Outcome]) -> str:
    """An HTML page that shows every picture of ``outcomes``; it stands in the folder of the pictures."""
    drawn = [outcome for outcome in outcomes if outcome.written]
    figures = "\n".join(_figure(outcome) for outcome in drawn)
    models = "1 model" if len(drawn) == 1 else f"{len(drawn)} models"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>archdraw: {models}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{models}</h1>
<p>Each picture and every number in it come from one block tree. A click opens the SVG.</p>
<main>
{figures}
</main>
</body>
</html>
"""


def _figure(outcome: Outcome) -> str:
    links = " · ".join(
        f'<a href="{quote(file.name)}">{escape(file.suffix.removeprefix(".").upper())}</a>' for file in outcome.written
    )
    picture = quote(outcome.written[0].name)
    size = f'width="{outcome.width:.0f}" height="{outcome.height:.0f}"'
    image = f'<img src="{picture}" alt="{escape(outcome.description)}" {size} loading="lazy">'
    return (
        f'<figure id="{escape(outcome.spec.stem)}"><a href="{picture}">{image}</a>'
        f"<figcaption><strong>{escape(outcome.title)}</strong> {links}</figcaption></figure>"
    )

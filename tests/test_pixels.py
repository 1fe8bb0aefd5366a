"""PNG files: no transparency where nothing is transparent, a palette where that is asked for, and their resolution."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

import archdraw
from archdraw.cli import run
from archdraw.scene import Rect, Scene
from archdraw.writers import _pixels, png, write


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_what_is_opaque_has_no_transparency() -> None:
    model = archdraw.load("gpt-2")
    opaque, clear = (read(model.write(model.scene("card", background=ground), "png")) for ground in ("white", "none"))
    assert (opaque.mode, clear.mode) == ("RGB", "RGBA")
    low, high = clear.getchannel("A").getextrema()
    assert (low, high) == (0, 255)
    over = Image.alpha_composite(Image.new("RGBA", clear.size, "#FFFFFF"), clear).convert("RGB")
    # Both round what is half transparent, each in its own place.
    assert sum(ImageChops.difference(over, opaque).convert("L").histogram()[3:]) == 0


@pytest.mark.parametrize("palette", [False, True])
def test_a_file_keeps_its_resolution(palette: bool) -> None:
    model = archdraw.load("gpt-2")
    image = read(model.write(model.scene("card"), "png", scale=2, palette=palette))
    assert image.info["dpi"] == pytest.approx((192, 192), abs=0.1)


def test_a_palette_halves_a_file_and_is_hardly_seen() -> None:
    model = archdraw.load("llama-3-8b")
    plain, small = model.png(), model.png(palette=True)
    assert len(small) < 0.6 * len(plain)
    image = read(small)
    assert image.mode == "P"
    difference = ImageChops.difference(read(plain), image.convert("RGB")).convert("L").histogram()
    assert sum(difference[17:]) < 0.001 * sum(difference)


@pytest.mark.parametrize("ground", ["#FFFFFF", None])
def test_a_palette_has_every_color_of_a_picture_of_few(ground: str | None) -> None:
    marks = tuple(Rect(10.0 * n, 5, 8, 8, fill=f"#{n:02X}{255 - n:02X}40", kind="mark") for n in range(0, 200, 10))
    scene = Scene(2000, 20, "t", "d", ground, marks)
    plain, small = (read(write(scene, "png", palette=palette)) for palette in (False, True))
    assert plain.mode == ("RGB" if ground else "RGBA")
    assert ImageChops.difference(plain, small.convert(plain.mode)).getbbox() is None


def test_the_command_takes_a_palette(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    assert run(["render", "gpt-2", "--view", "card", "--palette", "-o", str(out)]) == 0
    assert read(out.read_bytes()).mode == "P"
    svg = tmp_path / "a.svg"
    assert run(["render", "gpt-2", "--view", "card", "--palette", "-o", str(svg)]) == 0


def test_without_alpha_all_pixels_are_the_same() -> None:
    scene = archdraw.load("llama-3-8b").scene()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "coded", lambda file, **_: file)
        before = write(scene, "png", scale=1.5)
    after = write(scene, "png", scale=1.5)
    assert (read(before).mode, read(after).mode) == ("RGBA", "RGB")
    assert read(before).convert("RGB").tobytes() == read(after).tobytes()
    assert len(after) < 1.05 * len(before)
    # Neither is a file of another kind taken for one with alpha.
    assert _pixels.without_alpha(after) == b""

"""A model as Python sees it: its spec, its block tree, its facts and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdraw.errors import Problem
    from archdraw.readers import Reading
    from archdraw.scene import Scene
    from archdraw.spec import Spec
    from archdraw.theme import Theme
    from archdraw.tree.blocks import Module
    from archdraw.tree.facts import Facts
    from archdraw.writers import TextMode


CHECKPOINT_SUFFIXES = (".json", ".gguf", ".safetensors")
"""What a model is published with. Any other file is read as a spec, whatever its name is."""


def is_spec(path: str | Path) -> bool:
    """Whether ``path`` is read as a spec: it ends in .yaml or .yml, or is a file of no other known kind."""
    file = Path(path)
    if file.suffix.lower() in (".yaml", ".yml"):
        return True
    return file.exists() and not file.is_dir() and file.suffix.lower() not in CHECKPOINT_SUFFIXES


SUFFIXES = (".yaml", ".yml", ".json", ".gguf")
MODEL_FILES = ("config.json", "params.json", "model.safetensors.index.json", "model.safetensors")
"""A folder that holds one of these is one model, not a folder of specs."""


def slug_of(path: str | Path) -> str:
    """What the model in the file at ``path`` is called in names of files, and by ``parents:`` of specs.

    A config.json says nothing, the folder around it does.
    """
    file = Path(path)
    if file.is_dir():
        return file.resolve().name
    if file.name in MODEL_FILES:
        return file.resolve().parent.name
    # A dot in the id of a repository begins no suffix.
    return file.stem if file.suffix.lower() in SUFFIXES or file.exists() else file.name


def load(path: str | Path) -> Model:
    """The model that the file at ``path`` describes.

    That is a spec, or what a model is published with: a config.json, a params.json, a GGUF or safetensors file, a
    folder of such files, or the id of a Hugging Face repository.
    Raises :class:`archdraw.InputError` with everything that is wrong with the file.
    """
    from archdraw.spec import expand, load_spec

    if is_spec(path):
        spec = load_spec(path)
        return Model(spec, expand(spec), slug=slug_of(path))
    from archdraw.readers.sources import read_model

    return described(read_model(str(path)), path)


def described(reading: Reading, path: str | Path) -> Model:
    """The model of a ``reading`` of what is at ``path``.

    Raises :class:`archdraw.InputError` where values of the config do not fit each other, with their places in it.
    """
    from archdraw.readers.checked import checked

    return Model(*checked(reading), reading, slug_of(path))


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """One model, read and checked. All else follows from its block tree, when it is first asked for.

    ``reading`` says what of a config was understood; None for a model that was read from a spec. ``slug`` is its short
    name, from that of its file. In a notebook a model shows itself as its plate.
    """

    spec: Spec
    block: Module
    reading: Reading | None = None
    slug: str = ""

    @property
    def name(self) -> str:
        """The model's name, as its spec gives it."""
        return self.spec.name

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd but not wrong with the file that the model was read from."""
        return self.spec.warnings if self.reading is None else self.reading.warnings

    @cached_property
    def facts(self) -> Facts:
        """Parameters, layers and cache, counted from the block tree."""
        from archdraw.tree.facts import facts

        return facts(self.block)

    def scene(self, view: str = "plate", theme: str | Path | Theme = "light") -> Scene:
        """The picture as geometry.

        ``view`` is ``plate``, ``card``, ``strip`` or ``inset:PATH``; ``theme`` a theme's name, its file, or the theme.
        Raises :class:`archdraw.ArchdrawError` where there is no such view, theme or path.
        """
        from archdraw.theme import load_theme
        from archdraw.views import draw

        chosen = load_theme(theme) if isinstance(theme, str | Path) else theme
        return draw(self.spec, self.block, view=view, theme=chosen)

    def svg(self, theme: str | Path | Theme = "light", view: str = "plate", text: TextMode = "embed") -> str:
        """The picture as SVG. ``text``: "embed" real text with its font, "outline" shapes for places without fonts."""
        return self.write(self.scene(view, theme), "svg", text=text).decode()

    def png(self, theme: str | Path | Theme = "light", view: str = "plate", scale: float = 1.0) -> bytes:
        """The picture as PNG, ``scale`` pixels for each px of the scene."""
        return self.write(self.scene(view, theme), "png", scale=scale)

    def pdf(self, theme: str | Path | Theme = "light", view: str = "plate") -> bytes:
        """The picture as PDF, one page of its size. Raises :class:`archdraw.ArchdrawError` where that is too large."""
        return self.write(self.scene(view, theme), "pdf")

    def save(
        self,
        path: str | Path,
        theme: str | Path | Theme = "light",
        view: str = "plate",
        *,
        text: TextMode = "embed",
        scale: float = 1.0,
    ) -> Path:
        """Writes the picture to ``path``, in the format of its suffix, and returns the path.

        Raises :class:`archdraw.ArchdrawError` for a suffix that is no format, :class:`OSError` where the file cannot be
        written; what was there before is then still there.
        """
        from archdraw.files import write_whole

        target = Path(path)
        write_whole(
            target, self.write(self.scene(view, theme), target.suffix.removeprefix(".").lower(), text=text, scale=scale)
        )
        return target

    @staticmethod
    def write(scene: Scene, format: str, *, text: TextMode = "embed", scale: float = 1.0) -> bytes:
        """``scene`` as a file of ``format``. Raises :class:`archdraw.ArchdrawError` for an unknown format."""
        from archdraw.writers import write

        return write(scene, format, text=text, scale=scale)

    def __repr__(self) -> str:
        if self.facts.unknown:
            return f"<archdraw model {self.name}: parameters and layers not published>"
        return f"<archdraw model {self.name}: {self.facts.total_parameters:,} parameters, {self.facts.layers} layers>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows: the plate as SVG, with a line of text for places without pictures."""
        return mime_bundle(repr(self), self.svg, include, exclude)


def mime_bundle(
    text: str, svg: Callable[[], str], include: Collection[str] | None, exclude: Collection[str] | None
) -> dict[str, Any]:
    """What a notebook shows of a picture: ``text`` where there are no pictures, and what ``svg`` draws if asked."""
    makers: dict[str, Callable[[], str]] = {"text/plain": lambda: text, "image/svg+xml": svg}
    return {
        kind: make()
        for kind, make in makers.items()
        if (not include or kind in include) and kind not in (exclude or ())
    }

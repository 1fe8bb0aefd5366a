"""Pictures in Sphinx: ``extensions = ["archdraw.documents.sphinx"]``, then ``.. archdraw:: llama-3-8b``.

The directive draws for the program that builds, so that errors are found at their lines. What is in the document
until it is written is a node of our own: HTML and LaTeX that are built from one reading get a file each, the second one
when it is written.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from archdraw.cache.keys import inputs
from archdraw.cache.store import digest
from archdraw.documents.asking import DRAWING, Block, asked, found, models_in
from archdraw.documents.drawing import drawn
from archdraw.documents.saying import split
from archdraw.doors import VIEWS_OF_SEVERAL
from archdraw.errors import ArchdrawError, Problem
from archdraw.files import write_whole
from archdraw.version import VERSION

logger = logging.getLogger(__name__)

MIME = {"image/svg+xml": "svg", "application/pdf": "pdf", "image/png": "png"}
"""Formats by what builders call them."""
FOLDER = "archdraw"
"""Where the files are until a builder copies them, in the folder of doctrees."""


class Archdraw(nodes.General, nodes.Inline, nodes.Element):
    """A picture that is asked for, until it is known which program writes the document."""


def _align(argument: str) -> str:
    return directives.choice(argument, ("left", "center", "right"))


class ArchdrawDirective(SphinxDirective):
    """A picture of a model: its name or file as argument, or a spec as content; a view of several has all of them."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = {
        **dict.fromkeys((*DRAWING, "alt", "caption", "name"), directives.unchanged),
        "align": _align,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        content = "\n".join(self.content)
        if self.arguments and content.strip():
            return [self._error("a model is either the argument or the content of the directive, not both")]
        source, line = self.state_machine.get_source_and_line(self._first_line())
        block = Block(source or self.env.docname, line or self.lineno, 1 + self._indent())
        if self.arguments:
            block = Block(*self.get_source_info())
        said = {name: value for name, value in self.options.items() if name in DRAWING}
        said.setdefault("theme", self.config.archdraw_theme)
        try:
            if self.arguments:
                content = self._sources(self.arguments[0], several=said.get("view", "") in VIEWS_OF_SEVERAL.names())
            self._depends(content, said)
            wanted = asked(content, said, block, folder=self._folder)
        except ArchdrawError as error:
            return [self._error(str(error))]
        figure = drawn(wanted, _format(self.env))
        if figure.errors:
            return [self._problem(problem, block) for problem in figure.errors]
        for problem in figure.problems:
            logger.warning(str(problem), location=self.get_location(), type="archdraw", subtype="letters")
        return self._nodes(Archdraw(content=content, said=said, block=block, folder=self._folder))

    def _nodes(self, node: Archdraw) -> list[nodes.Node]:
        for name in ("alt", "align", "width"):
            if self.options.get(name):
                node[name] = self.options[name]
        node["classes"] += self.options.get("class", [])
        self.set_source_info(node)
        if not self.options.get("caption"):
            self.add_name(node)
            return [node]
        figure = nodes.figure("", node)
        if "align" in node:
            figure["align"] = node.attributes.pop("align")
        inline, messages = self.parse_inline(self.options["caption"], lineno=self.lineno)
        caption = nodes.caption(self.options["caption"], "", *inline)
        self.set_source_info(caption)
        figure += caption
        self.add_name(figure)
        return [figure, *messages]

    @property
    def _folder(self) -> str:
        """The folder of the document."""
        return str(Path(self.env.doc2path(self.env.docname)).parent)

    def _sources(self, argument: str, *, several: bool) -> str:
        """``argument`` with files in it as Sphinx finds them: one, or ``several`` with spaces between them.

        Raises :class:`ArchdrawError` where a quotation has no end.
        """
        return shlex.join(map(self._source, models_in(argument))) if several else self._source(argument)

    def _source(self, name: str) -> str:
        """The file ``name``, as Sphinx finds files, or the name itself."""
        _, file = self.env.relfn2path(name)
        return file if Path(file).exists() else name

    def _first_line(self) -> int:
        """The line of the content, from 1, as the reader counts: MyST's from the line of the directive on."""
        of_myst = type(self.state_machine).__module__.startswith("myst_parser.")
        return (self.lineno if of_myst else 0) + self.content_offset + 1

    def _indent(self) -> int:
        """Columns before the content, which Sphinx takes away."""
        first = next((line.strip() for line in self.content if line.strip()), "")
        raw = next((line for line in self.block_text.splitlines() if line.strip() == first), first)
        return len(raw) - len(raw.lstrip())

    def _depends(self, content: str, said: Mapping[str, str]) -> None:
        """Has the document read again when a file that the picture is made of has changed."""
        several = said.get("view", "") in VIEWS_OF_SEVERAL.names()
        names = models_in(content) if several else [content.strip()] if self.arguments else []
        names += [said[name] for name in ("view", "theme") if said.get(name)]
        for name in names:
            file = found(name, self._folder)
            for path in inputs(str(file)) if file.exists() else ():
                if Path(path).is_file():
                    self.env.note_dependency(str(Path(path).resolve()))

    def _problem(self, problem: Problem | str, block: Block) -> nodes.Node:
        if not isinstance(problem, Problem):
            return self._error(problem)
        at = (block.file, problem.span.line) if problem.span.file == block.file else None
        message, more = split(problem, block.file)
        return self._error(message, more, at)

    def _error(self, message: str, more: str = "", at: tuple[str, int] | None = None) -> nodes.Node:
        """A message with the line of the directive, or of ``at``, in the log; what stands on the page in its place."""
        source, line = at or self.get_source_info()
        details = [nodes.literal_block(more, more)] if more else []
        self.state_machine.reporter.error(f"archdraw: {message}", *details, source=source, line=line)
        # Sphinx takes messages themselves out of the page.
        paragraph = nodes.paragraph("", f"archdraw: {message}")
        return nodes.error("", paragraph, *(one.deepcopy() for one in details))


class Written(SphinxPostTransform):
    """Puts files for the builder in the place of what was asked for."""

    default_priority = 90
    """Before Sphinx looks which images it has to convert."""

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(Archdraw)):
            node.replace_self(self._image(node))

    def _image(self, node: Archdraw) -> nodes.Node:
        format = _format(self.env)
        wanted = asked(node["content"], node["said"], node["block"], folder=node["folder"])
        figure = drawn(wanted, format)
        if figure.made is None:
            for problem in figure.errors:
                logger.warning(str(problem), location=node, type="archdraw")
            said = "\n".join(map(str, figure.errors))
            return nodes.error("", nodes.literal_block(said, said))
        file = Path(self.env.doctreedir, FOLDER, f"{wanted.name}.{format}")
        if not file.is_file() or file.read_bytes() != figure.made.data:
            write_whole(file, figure.made.data)
        kept = {name: node[name] for name in ("alt", "align", "width", "classes", "ids", "names") if node.get(name)}
        image = nodes.image(uri=str(file), candidates={"*": str(file)}, **kept)
        image.setdefault("alt", figure.made.title)
        if _builder(self.env).format == "html":
            # With a width Sphinx makes it a link to the file, where it can be read in full size.
            image.setdefault("width", f"{figure.made.width:.0f}px")
        image.source, image.line = node.source, node.line
        self.env.images.add_file(self.env.docname, str(file))
        return image


def _format(env: Any) -> str:
    """The best format that the builder takes; SVG where it takes no pictures, so that errors are found all the same."""
    known: Sequence[str] = _builder(env).supported_image_types
    return next((MIME[kind] for kind in known if kind in MIME), "svg")


def _builder(env: Any) -> Any:
    """The builder of ``env``: from Sphinx 9 on its class, as the program itself is asked for no longer."""
    return getattr(env, "_builder_cls", None) or env.app.builder


def setup(app: Sphinx) -> dict[str, Any]:
    """Adds the directive; called by Sphinx."""
    app.add_config_value("archdraw_theme", "light", "env", types=frozenset({str}))
    app.add_node(Archdraw)
    app.add_directive("archdraw", ArchdrawDirective)
    app.add_post_transform(Written)
    # Another version of archdraw draws other pictures: all documents are read again.
    version = int(digest(VERSION)[:7], 16)
    return {"version": VERSION, "env_version": version, "parallel_read_safe": True, "parallel_write_safe": True}

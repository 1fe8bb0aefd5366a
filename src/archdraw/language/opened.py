"""A spec that is open in an editor: its text, what is wrong with it, and the last model that it made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from archdraw.app.checking import problems_of
from archdraw.errors import ArchdrawError, InputError, Problem
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.model import Model
from archdraw.model_files import slug_of
from archdraw.records import record
from archdraw.source import Document, MappingNode, scan
from archdraw.spec import parse_spec
from archdraw.spec.declaring import templates
from archdraw.spec.expressions import Reader
from archdraw.spec.places import Places, expanded


@record
class Counted:
    """A model, and where its blocks were written."""

    model: Model
    places: Places


@record
class Read:
    """What was read from a text: its document where it is YAML, its model where nothing is wrong; and all problems."""

    text: str
    document: Document | None
    counted: Counted | None
    problems: tuple[Problem, ...]


def read(text: str, file: Path) -> Read:
    """The spec that ``text`` of ``file`` holds, with everything that ``archdraw check`` says of it."""
    document = None
    try:
        document = scan(text, file.as_posix())
        spec = parse_spec(text, file.as_posix())
        block, places = expanded(spec)
        model = Model(spec, block, slug=slug_of(file))
        counted = Counted(model, places())
    except InputError as error:
        return Read(text, document, None, error.problems)
    try:
        return Read(text, document, counted, tuple(problems_of(model, file.parent)))
    except InputError as error:
        # Names that nothing in the picture has; the model is none the less what it is.
        return Read(text, document, counted, (*model.warnings, *error.problems))


class Opened:
    """A file in an editor; what takes a model is answered from the last text that made one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = ""
        self.last: Read | None = None
        self.document: Document | None = None
        self.counted: Counted | None = None

    def keep(self, made: Read) -> None:
        """``made`` is what is in the file now."""
        self.last = made
        self.document = made.document or self.document
        self.counted = made.counted or self.counted


class Names:
    """What the names of a document stand for: its kinds, with templates of its own, and its definitions."""

    def __init__(self, document: Document) -> None:
        self.document = document
        root = document.root
        define = root.entry("define") if isinstance(root, MappingNode) else None
        self.define = define.value if define is not None and isinstance(define.value, MappingNode) else None

    @cached_property
    def _read(self) -> tuple[Mapping[str, type[Kind]], MappingNode | None]:
        if self.define is None:
            return kinds(), None
        known, named, _ = templates(self.document, self.define, kinds())
        return known, named

    @property
    def kinds(self) -> Mapping[str, type[Kind]]:
        """Every kind, the author's templates first."""
        return self._read[0]

    @cached_property
    def definitions(self) -> Mapping[str, Kind]:
        """The blocks under ``define`` that nothing is wrong with."""
        known, named = self._read
        try:
            return Reader(self.document, known, named).defined() if named is not None else {}
        except ArchdrawError:
            return {}

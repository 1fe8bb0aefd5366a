"""What an author writes, read and checked: :class:`Spec`, and its expansion into the block tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from archdraw.errors import InputError, Problem, Span
from archdraw.kinds.base import AnyBlock, Kind, KindError, Scope
from archdraw.kinds.expanding import expand_in_row
from archdraw.kinds.fields import Size
from archdraw.kinds.registry import kinds
from archdraw.source import Document, MappingNode, ScalarNode, child, read_text, scan
from archdraw.spec.declaring import templates
from archdraw.spec.expressions import Reader
from archdraw.spec.forms import Origin
from archdraw.spec.templates import TemplateError, one_model
from archdraw.spec.validation import shown
from archdraw.tree.blocks import Block, Module, Parallel, Sequence, Side
from archdraw.tree.framing import framed
from archdraw.tree.runs import MOST_LAYERS, number_of_layers


def _year_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999 else value


def _dated(value: str) -> str:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value, re.ASCII)
    try:
        if match is None:
            raise ValueError
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise ValueError(f'must be a year, a month or a day (2024, 2024-04, 2024-04-18), not "{value[:40]}"') from None
    return value


def _linked(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", value):
        raise ValueError(f'must be an address that begins with https://, not "{value[:40]}"')
    return value


UNPUBLISHED = "unpublished"


def _published(value: object, checked: ValidatorFunctionWrapHandler) -> object:
    return None if value == UNPUBLISHED else checked(value)


if TYPE_CHECKING:
    PublishedSize = int | None
else:
    # As the type that is checked it stays a size: null is not one, and messages speak of sizes alone.
    PublishedSize = Annotated[Size, WrapValidator(_published)]

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
ReleaseDate = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_dated)]
Address = Annotated[str, AfterValidator(_linked)]
Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Parent(_Part):
    """A model that this one comes from: the slug of its spec, how, and what changed."""

    model: Name
    relation: Literal["successor", "same architecture", "influence"] = "successor"
    changes: tuple[Text, ...] = ()
    source: Text | None = None


class Published(_Part):
    """Figures as their publisher gives them, rounded as published: numbers of parameters, and bytes in bf16.

    ``differs`` says why one of them is not the count of the blocks.
    """

    total_parameters: Count | None = None
    active_parameters: Count | None = None
    kv_cache_bytes_per_token: Count | None = None
    source: Text | None = None
    differs: Text | None = None


class Spec(_Part):
    """One model as its author wrote it. Sizes are numbers of features, entries and tokens.

    ``hidden_size`` and ``vocab_size`` are None where the author says ``unpublished``; then all layers are.

    ``context_length`` is left out where nothing bounds it (recurrent models). ``incomplete`` says what of the model the
    spec lacks, in a few words each: the picture and the facts then say that they are not whole.
    """

    name: Name
    developer: Name | None = None
    released: ReleaseDate | None = None
    license: Name | None = None
    family: Name | None = None
    context_length: Size | None = None
    hidden_size: PublishedSize
    vocab_size: PublishedSize
    tie_word_embeddings: bool = False
    links: dict[str, Address] = {}
    sources: tuple[Text, ...] | dict[str, Text] = ()
    parents: tuple[Parent, ...] = ()
    published: Published | None = None
    key_points: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    incomplete: tuple[Text, ...] = ()
    insets: tuple[Text, ...] | Literal[False] | None = None
    define: dict[str, AnyBlock] = {}
    layers: Annotated[tuple[AnyBlock, ...], Field(min_length=1)]

    _document: Document = PrivateAttr()
    _origins: dict[int, Origin] = PrivateAttr(default_factory=dict)
    _warnings: tuple[Problem, ...] = PrivateAttr(default=())

    @property
    def document(self) -> Document:
        """The text that this was read from."""
        return self._document

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd but not wrong: definitions that nothing uses, fields under former names."""
        return self._warnings

    @property
    def scope(self) -> Scope:
        """What every block knows of the model. Sizes that are not disclosed are 0, and no block asks for them."""
        return Scope(self.hidden_size or 0, self.vocab_size or 0, self.context_length, self.tie_word_embeddings)

    def span(self, *path: str | int) -> Span:
        """Where the value at ``path`` stands in the text: ``spec.span("published", "total_parameters")``."""
        return self._document.span(*path)

    def written(self, *path: str | int) -> str:
        """The scalar at ``path`` as it was written (``8.03e9``): how many digits were published. Empty for none."""
        node = self._document.root
        for step in path:
            below = child(node, step)
            if below is None:
                return ""
            node = below
        return node.text if isinstance(node, ScalarNode) else ""

    def problem(self, message: str, *path: str | int, hint: str = "", warning: bool = False) -> Problem:
        """A problem at the value at ``path``."""
        return self._document.problem(message, self.span(*path), hint, warning=warning)


def load_spec(path: str | Path) -> Spec:
    """The spec in the file at ``path``.

    Raises :class:`InputError` with everything that is wrong with the file.
    """
    return parse_spec(read_text(path), Path(path).as_posix())


def parse_spec(text: str, file: str = "<text>") -> Spec:
    """The spec that ``text`` holds; ``file`` is its name in messages.

    Raises :class:`InputError` with everything that is wrong with the text.
    """
    document = scan(text, file)
    root = document.root
    if not isinstance(root, MappingNode):
        problem = document.problem(f"a spec is a mapping of keys to values, not {shown(root)}", root.span)
        raise InputError([*document.problems, problem])
    define = root.entry("define")
    named = define.value if define and isinstance(define.value, MappingNode) else None
    known, declared = kinds(), list[Problem]()
    templated = named
    if named is not None:
        known, named, found = templates(document, named, known)
        declared += found
    reader = Reader(document, known, named)
    given: dict[str, Any] = {"define": reader.defined()} if named else {}
    spec = reader.build(Spec, "a spec", root.span, root, **given)
    reported = {problem.span for problem in document.problems}
    found = (*declared, *reader.found.values())
    problems = [*document.problems, *(problem for problem in found if problem.span not in reported)]
    if problems:
        raise InputError(problems)
    assert isinstance(spec, Spec)
    spec._document = document
    spec._origins = reader.origins
    unused = (
        document.problem(f"{name} is defined but not used", entry.span, warning=True)
        for name, entry in ((entry.key, entry) for entry in (templated.entries if templated else ()))
        if name not in reader.used
    )
    spec._warnings = (*unused, *reader.warnings.values())
    return spec


_EARLY = "{} stands beside a line that it could join or read, and there is none"
_MODEL_SETTINGS = ("hidden_size", "vocab_size", "context_length", "tie_word_embeddings")


def expand(spec: Spec) -> Module:
    """The block tree of a model: ``Module("model")`` around its blocks, layers in a row framed as stacks.

    Raises :class:`InputError` with every block that does not fit, at its place in the text.
    """
    if spec.hidden_size is None or spec.vocab_size is None:
        lacking = "hidden_size" if spec.hidden_size is None else "vocab_size"
        known = [index for index, kind in enumerate(spec.layers) if not kind.keyword.startswith(UNPUBLISHED)]
        if known:
            message = f"{lacking} is unpublished, so that {{}} cannot be counted or drawn"
            hint = "give the size, or say which blocks are unpublished"
            raise InputError(
                spec.problem(message.format(spec.layers[index].keyword), "layers", index, hint=hint) for index in known
            )
    try:
        with one_model():
            made = expand_in_row(spec.layers, spec.scope)
    except (KindError, ExceptionGroup) as error:
        found = {(problem.span, problem.message): problem for problem in _problems_of(spec, error)}
        raise InputError(found.values()) from None
    early = len(list(takewhile(_begins_beside, made)))
    if early == len(made):
        raise InputError(
            spec.problem(_EARLY.format(kind.keyword), "layers", index) for index, kind in enumerate(spec.layers)
        )
    number = sum(number_of_layers(block) for block in made)
    if number > MOST_LAYERS:
        raise InputError(
            [spec.problem(f"{number:,} layers are more than the {MOST_LAYERS:,} that are drawn", "layers")]
        )
    settings = tuple((name, getattr(spec, name)) for name in _MODEL_SETTINGS)
    # What is written before there is a line stands beside it where it begins.
    order = [early, *range(early), *range(early + 1, len(made))]
    heads, row = tuple(spec.layers[index] for index in order), tuple(made[index] for index in order)
    body = framed(Sequence(tuple(_ended(heads, row))))
    return Module(
        "model",
        spec.name,
        body if isinstance(body, Sequence) else Sequence((body,)),
        level="model",
        settings=settings,
    )


def _ended(kinds: tuple[Kind, ...], made: tuple[Block, ...]) -> Iterator[Block]:
    """``made`` with heads in a row side by side: none of them reads another one's logits."""
    for is_head, run in groupby(zip(kinds, made, strict=True), key=lambda pair: pair[0].family == "head"):
        row = tuple(block for _, block in run)
        if is_head and len(row) > 1:
            yield Parallel(row, "separate")
        else:
            yield from row


def _begins_beside(block: Block) -> bool:
    """Whether a side module is the first in ``block``."""
    return isinstance(block, Side) or (isinstance(block, Sequence) and any(map(_begins_beside, block.parts[:1])))


def _problems_of(spec: Spec, error: Exception) -> Iterator[Problem]:
    """The problems that an expansion raised, each at the innermost kind that the author wrote."""
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _problems_of(spec, inner)
        return
    if not isinstance(error, KindError):
        raise error
    origins = [(depth, spec._origins.get(id(kind))) for depth, kind in enumerate(error.trail)]
    depth, origin = next(((depth, origin) for depth, origin in origins if origin), (0, None))
    if isinstance(error, TemplateError):
        called = f", used in line {origin.span.line}" if origin else ""
        yield spec._document.problem(error.message, error.span, f"{error.hint}{called}")
    elif origin is None:
        yield spec.problem(error.message, "layers", hint=error.hint)
    else:
        # The field is the innermost kind's; of a kind around it only the keyword can be shown.
        place = origin.place(error.field if depth == 0 else "")
        yield spec._document.problem(error.message, place, error.hint)

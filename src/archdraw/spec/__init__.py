"""What an author writes, read and checked: :class:`Spec`, and its expansion into the block tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby, takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from archdraw.checked import Checked, Field
from archdraw.errors import InputError, Problem, Span
from archdraw.kinds.base import AnyBlock, Kind, KindError, Scope
from archdraw.kinds.expanding import expand_in_row, placed_in_row
from archdraw.kinds.fields import Size
from archdraw.kinds.layers.declared import trained
from archdraw.kinds.makers import makers
from archdraw.kinds.registry import kinds
from archdraw.kinds.uses import one_model
from archdraw.source import Document, MappingNode, ScalarNode, child, read_text, scan
from archdraw.source.document import words
from archdraw.spec.beside import disagreements
from archdraw.spec.expressions import Reader
from archdraw.spec.fields import UNPUBLISHED, Address, Name, PublishedSize, ReleaseDate, Text
from archdraw.spec.fields import Parent as Parent
from archdraw.spec.fields import Published as Published
from archdraw.spec.figure import Figure
from archdraw.spec.forms import Origin
from archdraw.spec.oddities import oddities
from archdraw.spec.template_basics import TemplateError, is_template
from archdraw.spec.validation import shown
from archdraw.tree.blocks import Block, Module, Parallel, Sequence, Side
from archdraw.tree.framing import framed
from archdraw.tree.runs import MOST_LAYERS, number_of_layers


class Spec(Checked):
    """One model as its author wrote it. Sizes are numbers of features, entries and tokens.

    ``hidden_size`` and ``vocab_size`` are None where they are left out, since no block reads them, and where the author
    says ``unpublished``; then all layers are.

    ``context_length`` is left out where nothing bounds it (recurrent models). ``incomplete`` says what of the model the
    spec lacks, in a few words each: the picture and the facts then say that they are not whole.
    """

    name: Annotated[Name, Field(description="The model's name.")]
    developer: Name | None = Field(default=None, description="Who made the model.")
    released: ReleaseDate | None = Field(default=None, description="2024, 2024-04 or 2024-04-18.")
    license: Name | None = Field(default=None, description="License of the weights.")
    family: Name | None = Field(default=None, description="Family of models that it belongs to.")
    context_length: Size | None = Field(
        default=None, description="Tokens of context; left out where nothing bounds it."
    )
    hidden_size: PublishedSize = Field(
        default=None, description="Features of the line that runs through the model; needed where a block reads it."
    )
    vocab_size: PublishedSize = Field(
        default=None, description="Entries of the vocabulary; needed where a block reads it."
    )
    tie_word_embeddings: bool = Field(default=False, description="Whether the output head is the embedding's table.")
    trainable: bool = Field(
        default=True, description="False where all weights are frozen unless a block says otherwise."
    )
    links: dict[str, Address] = Field(default_factory=dict, description="Addresses by name: config, report, code.")
    sources: tuple[Text, ...] | dict[str, Text] = Field(
        default=(), description="Where the facts come from: a list, or a mapping of fact to source."
    )
    parents: tuple[Parent, ...] = Field(default=(), description="Models that this one comes from.")
    published: Published | None = Field(
        default=None, description="Figures as their publisher gives them; archdraw check compares them with the count."
    )
    key_points: tuple[Text, ...] = Field(default=(), description="Short sentences about the model.")
    notes: tuple[Text, ...] = Field(default=(), description="Short sentences for those who read the spec.")
    incomplete: tuple[Text, ...] = Field(
        default=(), description="What of the model the spec lacks, in a few words each."
    )
    insets: tuple[Text, ...] | Literal[False] | None = Field(
        default=None, description="Paths or names of the blocks to open beside the picture; false for none."
    )
    figure: Figure | None = Field(default=None, description="How the model is drawn; it changes no number.")
    define: dict[str, AnyBlock] = Field(
        default_factory=dict, description="Names of your own for blocks, and templates: blocks with parameters."
    )
    layers: Annotated[
        tuple[AnyBlock, ...],
        Field(min_length=1, description="The blocks of the model, the first nearest to the input."),
    ]

    _document: ClassVar[Document]
    _origins: ClassVar[Mapping[int, Origin]] = MappingProxyType({})
    _warnings: ClassVar[tuple[Problem, ...]] = ()
    _met: ClassVar[tuple[Problem, ...]] = ()

    @property
    def document(self) -> Document:
        """The text that this was read from."""
        return self._document

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd but not wrong: definitions that nothing uses, fields under former names, other widths,
        modules beside the model that are not there or not read, blocks in an odd order. The last two are found when the
        spec is expanded.
        """
        return (*self._warnings, *self._met)

    @property
    def scope(self) -> Scope:
        """What every block knows of the model; a size that is left out is an error where a block reads it."""
        return Scope(self.hidden_size, self.vocab_size, self.context_length, self.tie_word_embeddings)

    def undisclosed(self) -> str:
        """The size that the author says is ``unpublished``; empty where there is none."""
        sizes = ("hidden_size", "vocab_size")
        return next((name for name in sizes if name in self.model_fields_set and getattr(self, name) is None), "")

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
    if named is not None and any(is_template(entry.value) for entry in named.entries):
        from archdraw.spec.declaring import templates

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
    spec.model_keep(_document=document, _origins=reader.origins)
    every = templated.entries if templated else ()
    # Templates are read where they are used: until then, what their text names counts as used.
    mine = {entry.key for entry in named.entries} if named else set()
    used = reader.used.union(*(set(words(entry.value)) for entry in every if entry.key not in mine))
    unused = (
        document.problem(f"{entry.key} is defined but not used", entry.span, warning=True)
        for entry in every
        if entry.key not in used
    )
    spec.model_keep(_warnings=(*unused, *reader.warnings.values()))
    return spec


_EARLY = "{} stands beside a line that it could join or read, and there is none"
_MODEL_SETTINGS = ("hidden_size", "vocab_size", "context_length", "tie_word_embeddings")


def expand(spec: Spec) -> Module:
    """The block tree of a model: ``Module("model")`` around its blocks, layers in a row framed as stacks.

    Raises :class:`InputError` with every block that does not fit, at its place in the text.
    """
    if lacking := spec.undisclosed():
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
            spec.model_keep(_met=tuple(_other_widths(spec)))
    except (KindError, ExceptionGroup) as error:
        found = {(problem.span, problem.message): problem for problem in _problems_of(spec, error)}
        raise InputError(found.values()) from None
    early = len(list(takewhile(_begins_beside, made)))
    if early == len(made):
        raise InputError(
            spec.problem(_EARLY.format(kind.keyword), "layers", index) for index, kind in enumerate(spec.layers)
        )
    read = tuple(disagreements(spec.layers, made, spec.document, spec._origins))
    if wrong := [problem for problem in read if problem.severity == "error"]:
        raise InputError(wrong)
    odd = oddities(spec.layers, spec.document, spec._origins, spec.context_length)
    spec.model_keep(_met=(*spec._met, *read, *odd))
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
    if record := makers():
        record.body = body
    body = trained(body, None if spec.trainable else False)
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


def _other_widths(spec: Spec) -> Iterator[Problem]:
    """A warning for each layer or head that the line comes to in another width than ``hidden_size`` says."""
    for index, (kind, scope) in enumerate(placed_in_row(spec.layers, spec.scope)[0] if spec.hidden_size else ()):
        width = scope.line.features
        if width not in (None, spec.hidden_size) and kind.family in ("layer", "head"):
            message = f"{kind.keyword} reads a line of {width:,} features, hidden_size is {spec.hidden_size:,}"
            hint = f"end what comes before with linear: {spec.hidden_size}, or leave hidden_size out"
            yield spec.problem(message, "layers", index, hint=hint, warning=True)
            return


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

"""A model as Python sees it: its spec, its block tree, its facts and its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archdraw.errors import ArchdrawError, InputError, Problem, Span, nearest
from archdraw.model_files import CHECKPOINT_SUFFIXES, is_spec, slug_of
from archdraw.pictured import Fonts as Fonts
from archdraw.pictured import Pictured
from archdraw.records import record
from archdraw.resources import shipped_spec, specs_folder

if TYPE_CHECKING:
    from archdraw.readers import Reading
    from archdraw.spec import Spec
    from archdraw.tree.blocks import Leaf, Module
    from archdraw.tree.description import Description
    from archdraw.tree.facts import Facts
    from archdraw.tree.roles import Role


SPECS = (".yaml", ".yml")
"""How the names of specs end."""


def load(source: str | Path, *, with_transformers: bool = False) -> Model:
    """The model that ``source`` describes: the name of one that comes with archdraw, or a file, a folder, an id.

    A file is a spec, or what a model is published with: a config.json, a params.json, a GGUF or safetensors file, a
    folder of such files, or the id of a Hugging Face repository. A file in the working folder comes before a name.
    ``with_transformers``: a config whose ``model_type`` has no reader, and no weights beside it, is completed by its
    class in transformers, built without memory in a process of its own; it needs ``pip install "archdraw-nn[verify]"``.
    Raises :class:`archdraw.InputError` with everything that is wrong with it.

    >>> load("llama-3-8b")
    <archdraw model Llama 3 8B: 8,030,261,248 parameters, 32 layers>
    >>> load("llama-3-8")
    Traceback (most recent call last):
        ...
    archdraw.errors.InputError: llama-3-8:1:1: error: file not found, and no such model comes with archdraw
      hint: did you mean llama-3-8b or llama-3-2-3b or llama-3-2-1b?
    """
    from archdraw.spec import expand, load_spec

    path = shipped_spec(source) or source
    if is_spec(path):
        if not Path(path).exists():
            raise missing(path)
        spec = load_spec(path)
        return Model(spec, expand(spec), slug=slug_of(path))
    if _is_name(path):
        raise missing(path)
    from archdraw.readers.sources import read_model

    return described(read_model(str(path), with_transformers=with_transformers), path)


def missing(path: str | Path, *, shipped: bool = True) -> InputError:
    """The error for a ``path`` where nothing is: it says which file, or which of the ``shipped`` models, may be meant.

    >>> print(missing("llama-3-8"))
    llama-3-8:1:1: error: file not found, and no such model comes with archdraw
      hint: did you mean llama-3-8b or llama-3-2-3b or llama-3-2-1b?
    """
    file = Path(path)
    is_name = shipped and not is_spec(file) and _is_name(file)
    message = "file not found, and no such model comes with archdraw" if is_name else "file not found"
    return InputError([Problem(message, Span(file.as_posix(), 1, 1), hint=_meant(file, shipped))])


def _meant(path: Path, or_shipped: bool) -> str:
    """A hint for a ``path`` where nothing is: specs beside it, and for one word the models that come with archdraw."""
    known = [file.as_posix() for file in path.parent.glob("*") if file.suffix.lower() in SPECS]
    if path.name != str(path) or not or_shipped:
        return nearest(path.as_posix(), known)
    shipped = [file.stem for file in specs_folder().glob("*.yaml")]
    if path.suffix.lower() in SPECS:
        return nearest(path.name, known) or nearest(path.stem, shipped)
    return nearest(path.name, [*known, *shipped])


def _is_name(path: str | Path) -> bool:
    """Whether ``path`` is one word, no file's, and so can only be meant as the name of a model."""
    word = Path(path)
    return str(path) == word.name and not word.exists() and word.suffix.lower() not in CHECKPOINT_SUFFIXES


def described(reading: Reading, path: str | Path) -> Model:
    """The model of a ``reading`` of what is at ``path``.

    Raises :class:`archdraw.InputError` where values of the config do not fit each other, with their places in it.
    """
    from archdraw.readers.checked import checked

    return Model(*checked(reading), reading, slug_of(path))


@record(eq=False, repr=False)
class Model(Pictured):
    """One model, read and checked. All else follows from its block tree, when it is first asked for.

    ``spec`` is what its author wrote, ``block`` its block tree. ``reading`` says what of a config was recognized; None
    for a model that was read from a spec. ``slug`` is its short name, from that of its file. In Jupyter a model renders
    as its diagram.

    >>> model = load("gpt-2")
    >>> f"{model.facts.total_parameters:,} parameters in {model.facts.layers} layers"
    '124,439,808 parameters in 12 layers'
    >>> model.at("self_attn").kind
    'multi_head'
    """

    spec: Spec
    block: Module
    reading: Reading | None = None
    slug: str = ""

    @classmethod
    def from_text(cls, text: str, *, file: str = "<text>", slug: str | None = None) -> Model:
        """The model of the spec that ``text`` holds, in YAML.

        ``file`` is its name in messages, ``slug`` its short name, by default made from the model's name. Raises
        :class:`archdraw.InputError` with everything that is wrong with the text.

        >>> Model.from_text('''
        ... name: Tiny 1
        ... hidden_size: 8
        ... vocab_size: 10
        ... layers:
        ...   - embedding
        ...   - decoder:
        ...       times: 2
        ...       attention: {multi_head: {num_attention_heads: 2}}
        ...       feed_forward: {swiglu: {intermediate_size: 16}}
        ... ''').slug
        'tiny-1'
        """
        from archdraw.spec import expand, parse_spec

        spec = parse_spec(text, file)
        made = "-".join(re.findall(r"[\w.]+", spec.name.lower()))
        return cls(spec, expand(spec), slug=made if slug is None else slug)

    def figure(
        self,
        *,
        title: str | None = None,
        subtitle: str | None = None,
        profile: str | None = None,
        open: str | Sequence[str] = (),
        fold: str | Sequence[str] = (),
        order: str | Sequence[str] = (),
        notes: Mapping[str, str] | None = None,
        highlight: str | Sequence[str] = (),
        roles: Mapping[str, Role] | None = None,
        colours: Mapping[str, str] | None = None,
    ) -> Model:
        """This model with another figure: what is said here comes on top of what its spec says under ``figure``.

        ``title`` is the name on the picture, ``subtitle`` one line in place of the usual one, ``profile`` the page that
        is drawn where ``view`` is empty. Blocks are named by path, its end, label, kind or name of ``define``: panels
        of ``open`` beyond those that are chosen, without those of ``fold``, those of ``order`` first; ``notes`` are
        words at blocks, those of ``highlight`` have a strong border, ``roles`` and ``colours`` (``#RRGGBB``) paint
        them. No block and no number becomes another one. Raises :class:`archdraw.ArchdrawError` with every name that
        nothing has, and with every value that is wrong.

        >>> load("gpt-2").figure(title="GPT-2, small", highlight="self_attn").scene().title
        'GPT-2, small architecture'
        >>> load("gpt-2").figure(open="self_atn")
        Traceback (most recent call last):
            ...
        archdraw.errors.ArchdrawError: open: nothing that could be opened is called self_atn; did you mean self_attn?
        """
        from archdraw.spec.presenting import on_top
        from archdraw.views.architecture import picture

        lists = {"open": open, "fold": fold, "order": order, "highlight": highlight}
        texts = {"title": title, "subtitle": subtitle, "profile": profile}
        spec = on_top(self.spec, {**texts, **lists, "notes": notes, "roles": roles, "colours": colours})
        picture(spec, self.block)
        return Model(spec, self.block, self.reading, self.slug)

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
        """Numbers of parameters and layers, bytes of cache and state, counted from the block tree."""
        from archdraw.tree.facts import facts

        return facts(self.block)

    def walk(self) -> Iterator[tuple[str, Module | Leaf]]:
        """Every module and leaf with its path, from the input to the output; what is repeated comes once.

        A path joins names of checkpoints by ``/``; equal names in one module are told apart by ``.2``, ``.3`` ...

        >>> [path for path, block in load("llama-3-8b").walk() if block.role == "norm"]
        ['layers/layer/input_layernorm', 'layers/layer/post_attention_layernorm', 'norm']
        """
        from archdraw.tree.blocks import Leaf, Module
        from archdraw.tree.walks import walk

        for path, block in walk(self.block.body):
            if isinstance(block, Leaf | Module):
                yield path, block

    def describe(self, path: str) -> Description:
        """The block at ``path`` in English: label, detail, title and notes. Raises ArchdrawError as :meth:`at` does."""
        from archdraw.tree.description import describe

        return describe(self.at(path))

    def at(self, path: str) -> Module | Leaf:
        """The module or leaf at ``path``, or at the only path that ends in it: ``mlp/c_fc``.

        Raises :class:`archdraw.ArchdrawError` where there is none, and where several end in ``path``.

        >>> load("gpt-2").at("self_atn")
        Traceback (most recent call last):
            ...
        archdraw.errors.ArchdrawError: no block named self_atn in GPT-2 124M; did you mean self_attn?
        """
        blocks = dict(self.walk())
        found = [path] if path in blocks else [known for known in blocks if known.endswith(f"/{path}")]
        if len(found) > 1:
            raise ArchdrawError(f"several blocks of {self.name} are named {path}: {', '.join(found)}")
        if not found:
            hint = nearest(path, {*blocks, *(known.rpartition("/")[2] for known in blocks)})
            raise ArchdrawError(f"no block named {path} in {self.name}" + (f"; {hint}" if hint else ""))
        return blocks[found[0]]

    def __repr__(self) -> str:
        if self.facts.unknown:
            return f"<archdraw model {self.name}: parameters and layers not disclosed>"
        return f"<archdraw model {self.name}: {self.facts.total_parameters:,} parameters, {self.facts.in_layers}>"

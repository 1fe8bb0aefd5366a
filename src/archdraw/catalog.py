"""What there is to load, write and draw, and the facts of many models. Nothing heavy is imported before a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from archdraw.pictures import AnyModel
from archdraw.resources import specs_folder

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from archdraw.analysis.difference import Difference


def list_models() -> tuple[str, ...]:
    """The names of the models that come with archdraw, which :func:`archdraw.load` takes.

    >>> "llama-3-8b" in list_models()
    True
    """
    return tuple(sorted(file.stem for file in specs_folder().glob("*.yaml")))


def list_kinds() -> tuple[str, ...]:
    """The keywords of the kinds of blocks that a spec can be written with.

    >>> "grouped_query" in list_kinds()
    True
    """
    from archdraw.kinds.registry import kinds

    return tuple(kinds())


def list_profiles() -> tuple[str, ...]:
    """The names of the pages that come with archdraw, which :meth:`archdraw.Model.scene` takes as views.

    >>> list_profiles()
    ('column', 'page', 'slide', 'slide-4-3', 'slide-half', 'thumb')
    """
    from archdraw.profile import profile_names

    return profile_names()


def list_themes() -> tuple[str, ...]:
    """The names of the themes that come with archdraw.

    >>> list_themes()
    ('dark', 'light', 'print')
    """
    from archdraw.theme import theme_names

    return theme_names()


def list_views(*, several: bool = False) -> tuple[str, ...]:
    """The names of the views of one model, which :meth:`archdraw.Model.scene` takes, or of ``several`` models.

    >>> list_views()
    ('card', 'inset', 'panels', 'plate', 'strip')
    >>> "compare" in list_views(several=True)
    True
    """
    if several:
        from archdraw.views import several as views_of_several

        return views_of_several.names()
    from archdraw.views import views

    return tuple(views())


def list_formats() -> tuple[str, ...]:
    """The names of the formats that pictures are written in, which are also the suffixes of their files.

    >>> list_formats()
    ('drawio', 'eps', 'mermaid', 'pdf', 'png', 'pptx', 'ps', 'svg')
    """
    from archdraw.writers import formats

    return tuple(formats())


def kind_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the kind with the keyword ``name``: its fields with types, bounds and descriptions.

    Raises :class:`archdraw.ArchdrawError` where there is no such kind.

    >>> kind_schema("grouped_query")["required"]
    ['num_attention_heads', 'num_key_value_heads']
    """
    from archdraw.app.schemas import schema

    return schema(name)


def difference(first: AnyModel, second: AnyModel) -> Difference:
    """What leads from the block tree of ``first`` to that of ``second``: changes with paths, signs and both values.

    Raises as :func:`archdraw.load`.

    >>> found = difference("llama-2-7b", "llama-3-8b")
    >>> [(change.before, change.after) for change in found.changes if change.what == "vocab_size"]
    [(32000, 128256)]
    """
    from archdraw.analysis.difference import difference
    from archdraw.app.pictures import opened

    return difference(opened(first).block, opened(second).block)


def table(*models: AnyModel, context: int | None = None, columns: str | Sequence[str] = ()) -> list[dict[str, Any]]:
    """The facts of ``models`` (all that come with archdraw for none), a row each: values by the keys of ``columns``.

    Sizes are in bytes (caches and states in bf16), the KV cache is that at ``context`` tokens (None: each model's
    context length); what is not known is None. No ``columns`` are all. In Jupyter they render as a table. Raises
    :class:`archdraw.ArchdrawError` for an unknown column and a ``context`` below 1, and as :func:`archdraw.load`.

    >>> table("gpt-2", "llama-3-8b", columns=("name", "kv_cache_bytes_per_token"))[1]
    {'name': 'Llama 3 8B', 'kv_cache_bytes_per_token': 131072}
    """
    from archdraw.app.pictures import opened
    from archdraw.app.table_formats import Table
    from archdraw.app.tables import known_columns, row

    keys = known_columns((columns,) if isinstance(columns, str) else columns)
    return Table([row(opened(model), context) for model in models or list_models()], keys)


def census(sources: Iterable[str | Path], *, executor: Executor | None = None) -> Iterator[dict[str, Any]]:
    """The facts of very many configs, a row each, in the order of ``sources``, as soon as they are there.

    ``sources`` are what :func:`archdraw.load` takes; nothing of them is kept, and only a few are read in advance. A
    source that is rejected is a row as well: ``state`` says what came of it ("complete", "incomplete", "rejected",
    "internal error", "lost"), ``problem`` why. ``executor`` is any executor of :mod:`concurrent.futures`' interface; a
    source whose worker ends is given to it once more. KV caches are those at 4,096 and 131,072 tokens, in bytes of
    bf16. What is wrong with a source stands in its row and is not raised.

    >>> [(row["state"], row["total_parameters"]) for row in census(["gpt-2", "gpt-20"])]
    [('complete', 124439808), ('rejected', None)]
    """
    from archdraw.app.census.running import rows

    return rows(map(str, sources), executor)

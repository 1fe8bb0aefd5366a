"""archdraw draws neural-network architectures from a declarative spec, and counts them from the same block tree.

What :data:`__all__` names is stable: it changes only with a new minor version and a line in the changelog, and from
1.0 on only with a major one. All modules below are parts of the program and may change with any version, but for what
the documents about adding kinds, readers, views and formats name.

A model is a tree of blocks, and everything else follows from that one tree::

    text --source--> Document --spec--> Spec --kinds--> Block --views--> Picture --layout--> Scene --writers--> bytes
                                                          '--facts--> Facts

>>> import archdraw
>>> model = archdraw.load("llama-3-8b")
>>> f"{model.facts.total_parameters:,}"
'8,030,261,248'
>>> model.svg(theme="dark")[:5]
'<?xml'
"""

TYPE_CHECKING = False  # that of typing, whose import takes longer than a picture from the cache
if TYPE_CHECKING:
    from archdraw.analysis.difference import Difference
    from archdraw.app.deck import Deck
    from archdraw.app.pictures import Picture
    from archdraw.catalog import (
        census,
        difference,
        kind_schema,
        list_formats,
        list_kinds,
        list_models,
        list_profiles,
        list_themes,
        list_views,
        table,
    )
    from archdraw.errors import ArchdrawError, FontWarning, InputError, Problem, Span
    from archdraw.model import Model, load
    from archdraw.notebook import options
    from archdraw.outputs import drawing
    from archdraw.pictures import compare, deck, draw, lineage, poster, scale, timeline
    from archdraw.tree.facts import Facts

    __version__: str

__all__ = [
    "ArchdrawError",
    "Deck",
    "Difference",
    "Facts",
    "FontWarning",
    "InputError",
    "Model",
    "Picture",
    "Problem",
    "Span",
    "__version__",
    "census",
    "compare",
    "deck",
    "difference",
    "draw",
    "drawing",
    "kind_schema",
    "lineage",
    "list_formats",
    "list_kinds",
    "list_models",
    "list_profiles",
    "list_themes",
    "list_views",
    "load",
    "options",
    "poster",
    "scale",
    "table",
    "timeline",
]

_MODULES = {
    "archdraw.catalog": (
        "census",
        "difference",
        "kind_schema",
        "list_formats",
        "list_kinds",
        "list_models",
        "list_profiles",
        "list_themes",
        "list_views",
        "table",
    ),
    "archdraw.errors": ("ArchdrawError", "FontWarning", "InputError", "Problem", "Span"),
    "archdraw.model": ("Model", "load"),
    "archdraw.notebook": ("options",),
    "archdraw.outputs": ("drawing",),
    "archdraw.pictures": ("compare", "deck", "draw", "lineage", "poster", "scale", "timeline"),
    "archdraw.analysis.difference": ("Difference",),
    "archdraw.tree.facts": ("Facts",),
    "archdraw.app.deck": ("Deck",),
    "archdraw.app.pictures": ("Picture",),
}
"""Where what is public is from. A module is imported when something of it is asked for."""
_LATE = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:  # so that a type checker rejects whatever is not named above

    def __getattr__(name: str) -> object:
        if name in _LATE:
            from importlib import import_module

            found = globals()[name] = getattr(import_module(_LATE[name]), name)
            return found
        if name == "__version__":
            from archdraw.version import VERSION

            return VERSION
        from archdraw.errors import nearest

        hint = nearest(name, __all__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}" + (f"; {hint}" if hint else ""))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})

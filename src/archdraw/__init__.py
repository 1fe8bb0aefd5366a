"""archdraw draws neural-network architectures from a declarative spec, with numbers that are true.

A model is a tree of blocks, and everything else follows from that one tree. The way of the data, each step a module or
a package of its own::

    text --source--> Document --spec--> Spec --kinds--> Block --views--> Picture --layout--> Scene --writers--> bytes
                                                          '--facts--> Facts

>>> import archdraw
>>> model = archdraw.load("specs/llama-3-8b.yaml")
>>> f"{model.facts.total_parameters:,}"
'8,030,261,248'
>>> model.svg(theme="dark")[:4]
'<svg'
"""

from typing import Any

from archdraw.errors import ArchdrawError, InputError
from archdraw.model import Model, load

__version__: str

__all__ = ["ArchdrawError", "InputError", "Model", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """``__version__``, ``table``, and a function for each view of several models, looked up when they are asked for.

    ``archdraw.compare("a.yaml", "b.yaml")``: see :func:`archdraw.app.pictures.function`.
    ``archdraw.table()`` has a row of facts for each model: see :func:`archdraw.app.tables.table`.
    """
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("archdraw")
        except PackageNotFoundError:  # run from its sources, never installed
            return "0"
    if name == "table":
        from archdraw.app.tables import table

        return table
    if not name.startswith("_"):
        from archdraw.views import several

        if name in several.names():
            from archdraw.app.pictures import function

            return function(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

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

from archdraw.errors import ArchdrawError, InputError
from archdraw.model import Model, load

__version__: str

__all__ = ["ArchdrawError", "InputError", "Model", "__version__", "load"]


def __getattr__(name: str) -> str:
    """``__version__``, looked up when it is asked for: that takes longer than all other imports here."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("archdraw")
    except PackageNotFoundError:  # run from its sources, never installed
        return "0"

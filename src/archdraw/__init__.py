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

from importlib.metadata import PackageNotFoundError, version

from archdraw.errors import ArchdrawError, InputError
from archdraw.model import Model, load

try:
    __version__ = version("archdraw")
except PackageNotFoundError:  # run from its sources, never installed
    __version__ = "0"

__all__ = ["ArchdrawError", "InputError", "Model", "__version__", "load"]

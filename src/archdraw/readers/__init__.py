"""From a config.json to a spec: one module for each family of models, and what all of them share.

A reader understands a config and writes a spec, as text; the model that is drawn and counted is the one that this text
describes. So ``archdraw import`` followed by ``archdraw render`` is the same as rendering the config, by construction.
"""

from __future__ import annotations

from archdraw.readers.reading import Reading, read_config

__all__ = ["Reading", "read_config"]

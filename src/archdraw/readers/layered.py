"""Values that differ from layer to layer: ``per_layer_config`` of transformers 5, by the layer's number."""

from __future__ import annotations

import json
from typing import Any

from archdraw.readers.config import Config

KEY = "per_layer_config"


class LayerConfig(Config):
    """A config with other values for some keys, which one layer has. What is read of it counts as read of the whole."""

    def __init__(self, whole: Config, own: dict[str, Any]) -> None:
        super().__init__({**whole.data, **own}, whole.path, whole)
        self._read = whole._read
        self._ignored = whole._ignored
        self._defaults = whole._defaults
        self._sections = whole._sections

    def shares_reading(self, section: Config) -> None:
        """Lets the keys of ``section``, where the layer's values stand, count as read where they are read here."""
        section._read, section._ignored = self._read, self._ignored


def layer_configs(config: Config, number: int) -> list[Config]:
    """The config of each of ``number`` layers; layers of the same values share one, those without own values have all.

    A layer that there is not is a fault.
    """
    listed = config.section(KEY)
    if listed is None:
        return [config] * number
    made: dict[str, Config] = {}
    found = [config] * number
    for name, own in listed.data.items():
        section = listed.section(name)
        if section is None or not name.isdecimal() or int(name) >= number:
            listed.complain(f"{KEY} names layer {name[:40]}, but there are {number}, from 0 on", name)
            continue
        alike = json.dumps(own, sort_keys=True, default=str)
        layer = made.setdefault(alike, LayerConfig(config, dict(own)))
        assert isinstance(layer, LayerConfig)
        layer.shares_reading(section)
        found[int(name)] = layer
    return found

"""``per_layer_config`` of transformers 5: values that single layers have in place of those of all."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.readers.config import Config

KEY = "per_layer_config"


def overriding(config: Config, layers: Sequence[bool], known: Sequence[str]) -> Config | None:
    """The values of those ``layers`` that are true, which must all have the same, and the others none.

    None where the file has no such key, an empty section where it has and says nothing. What is given otherwise, and
    keys other than ``known``, make the config incomplete.
    """
    section = config.section(KEY)
    if section is None:
        return None
    wanted = [index for index, chosen in enumerate(layers) if chosen]
    found: dict[int, Config] = {}
    for name in section.data:
        inner = section.section(name)
        if inner is None or not name.isdecimal() or int(name) >= len(layers):
            section.complain(f"{KEY} has an entry {name[:20]}, but layers go from 0 to {len(layers) - 1}", name)
        elif inner.data:
            inner.raw(*known)
            found[int(name)] = inner
    values = [inner.data for inner in found.values()]
    if values and (sorted(found) != wanted or any(one != values[0] for one in values)):
        config.mark_incomplete(f"{KEY} with values for other layers than those of one kind")
    return found[min(found)] if found else Config({}, (*config.path, KEY), config)

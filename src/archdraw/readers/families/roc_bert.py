"""RoCBert: tokens with the shapes of their characters and with their pronunciation."""

from __future__ import annotations

from archdraw.glossary.numbers import counted
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import Relative, Sizes, begun, family, head, layers, unread

TABLES = {"shape": ("Shape embedding", 24858, 512), "pronunciation": ("Sound embedding", 910, 768)}
"""The label of each table, and the class defaults of its rows and of its features."""


def _read(relative: Relative, config: Config) -> Draft:
    """BERT with two tables more: concatenated and projected, or averaged in behind the norm."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    used, idle = {}, []
    for name, (label, rows, width) in TABLES.items():
        shape = config.integer(f"{name}_vocab_size", default=rows), config.integer(f"{name}_embed_dim", default=width)
        if config.flag(f"enable_{name}", default=True):
            used[label] = shape
        else:
            idle.append(shape)
    embedding = made.layers[0]
    if config.flag("concat_input", default=True):
        if isinstance(embedding, dict):
            embedding["embedding"] |= {"concatenated": {label: list(shape) for label, shape in used.items()}}
        if not used:
            config.mark_incomplete("a projection of the token embedding alone (enable_shape, enable_pronunciation)")
    else:
        made.layers += _averaged(config, used, made.hidden_size)
    if idle:
        made.layers.append(unread("Unused tables", *idle))
    made.layers += [*layers(sizes, made), head(sizes, made)]
    return made


def _averaged(config: Config, used: dict[str, tuple[int, int]], hidden: int) -> list[Block]:
    """The tables as they are added to the normalized sum, and the division by the number of all."""
    blocks: list[Block] = []
    for label, (rows, width) in used.items():
        if width != hidden:
            key = next(f"{name}_embed_dim" for name, (own, *_) in TABLES.items() if own == label)
            config.complain(f"{key} {width} is not hidden_size {hidden}, though concat_input is false", key)
        table = {
            "label": f"+ {label.lower()}",
            "detail": counted(rows, "row", "rows"),
            "role": "embedding",
            "part": "embedding",
        }
        blocks.append({"weight": {**table, "weights": [{"shape": [rows, width]}]}})
    return [*blocks, {"op": f"÷ {len(used) + 1}"}] if used else []


FAMILIES = (family(Relative("roc_bert", "RoCBert"), _read),)

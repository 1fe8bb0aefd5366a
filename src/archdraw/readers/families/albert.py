"""ALBERT: layers that share their weights."""

from __future__ import annotations

from collections import Counter

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import Relative, Sizes, begun, family, head, layer


def _read(relative: Relative, config: Config) -> Draft:
    """Groups of layers, each gone through several times with the same weights, behind narrow tables."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    number, groups = sizes.size("num_hidden_layers"), config.integer("num_hidden_groups", default=1)
    inner = config.integer("inner_group_num", default=1)
    if groups > number:
        config.complain(f"num_hidden_groups {groups} is more than num_hidden_layers {number}", "num_hidden_groups")
        return made
    fields = layer(sizes, sizes.attention())
    # As the class has it: whether a group is gone through once more than another is a matter of rounding.
    rounds = Counter(int(index / (number / groups)) for index in range(number))
    for group in range(groups):
        one: Block = {"encoder_layer": {"times": inner, **fields} if inner > 1 else fields}
        made.layers.append({"loop": {"num_loops": rounds[group], "body": [one]}} if rounds[group] > 1 else one)
    made.layers.append(head(sizes, made))
    return made


FAMILIES = (
    family(
        Relative(
            "albert",
            "Albert",
            {
                "vocab_size": 30000,
                "embedding_size": 128,
                "hidden_size": 4096,
                "num_attention_heads": 64,
                "intermediate_size": 16384,
            },
            act="gelu_new",
            embedding_size="embedding_size",
            always_projected=True,
            head_size="embedding_size",
            decodes=False,
            ignored=("net_structure_type", "gap_size", "num_memory_blocks", "down_scale_factor"),
        ),
        _read,
    ),
)

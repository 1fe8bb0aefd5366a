"""A model of an unknown structure as the modules of its tensors: their names and shapes are all that is known of it.

Each module of a layer is one box with its tensors; layers alike are one layer, repeated. Counts are those of the
tensors, what a box computes is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from archdraw.readers.draft import Block, Draft, stacks
from archdraw.weights.conventions.common import IGNORED
from archdraw.weights.stored import Stored, stacked
from archdraw.weights.tensors import Tensor

Shape = tuple[int, ...]

BUFFERS = IGNORED + r"|\.(?:running_mean|running_var|num_batches_tracked|relative_position_index|token_type_ids)$"
"""Names of what a file stores and no training changes."""

MOST_WEIGHTS = 1000
"""Tensors of one box, as many as a spec may have."""

_LAYER = re.compile(r"^((?:.*?\.)?(?:\w*layers|h|\w*blocks?|blk|layer|stages))\.(\d{1,6})\.(.+)$", re.DOTALL)
_TABLE = (
    r"(?:^|\.)(?:embed_tokens|wte|tok_embeddings|token_embd|word_embeddings|embed_in|embedding|embeddings)\.weight$"
)
_HEAD = r"^(?:.*\.)?(?:lm_head|output|embed_out|head)\.weight$"
_LAST = r"(?:head|classifier|score|output|decoder_norm|final|norm|ln_f|ln_out)\b"
_ROLES = (
    (r"attn|attention", "attention"),
    (r"norm|^ln_|^ln\d", "norm"),
    (r"expert|moe", "experts"),
    (r"mamba|ssm|mixer|delta|rwkv|time_mix", "linear"),
    (r"conv", "convolution"),
    (r"mlp|ffn|feed_forward|^fc", "feed_forward"),
    (r"embed|wte|wpe|emb$", "embedding"),
)


def weights_of(stored: Iterable[Tensor]) -> list[Tensor]:
    """The tensors of ``stored`` that are weights."""
    return [tensor for tensor in stored if re.search(BUFFERS, tensor.name) is None]


def draft_of(stored: Iterable[Tensor], context_length: int | None, *, tied: bool) -> Draft:
    """The model whose tensors are ``stored``, as its modules. ``tied``: its output layer is its embedding."""
    found = stacked(weights_of(stored))
    around, layers = _sorted(found)
    table = next((item for item in around if re.search(_TABLE, item.name) and len(item.shape) == 2), None)
    vocabulary, hidden = table.shape if table is not None else (1, 1)
    head = next((item for item in around if re.search(_HEAD, item.name) and item.shape == (vocabulary, hidden)), None)
    made = Draft(hidden, vocabulary, context_length, reads_tokens=table is not None)
    rest = [item for item in around if item not in (table, head)]
    first = [item for item in rest if not re.search(_LAST, module_of(item.name))]
    made.layers = ["embedding"] if table is not None else []
    made.layers += _boxes([(item.name, item.shape) for item in first])
    for number, one in enumerate(layers, start=1):
        made.layers += stacks(_defined(made, one, "layer" if len(layers) == 1 else f"stack_{number}_layer"))
    made.layers += _boxes([(item.name, item.shape) for item in rest if item not in first])
    if table is not None and (head is not None or tied):
        made.tie_word_embeddings = head is None
        made.layers.append("output_head")
    return made


def stack_of(name: str) -> str:
    """The stack of layers that the tensor ``name`` is in; empty for none."""
    place = _LAYER.match(name)
    return place[1] if place else ""


def boxes(stored: Iterable[Tensor]) -> list[Block]:
    """A box for each module of ``stored``; tensors of its layers are its own."""
    return _boxes([(item.name, item.shape) for item in stacked(stored)])


Layer = tuple[tuple[str, Shape], ...]
"""The tensors of one layer by their names in it."""


def _sorted(found: Sequence[Stored]) -> tuple[list[Stored], list[list[Layer]]]:
    """What stands around the layers, and the layers of each stack, in the order of their indices."""
    around: list[Stored] = []
    inside: dict[str, dict[int, list[tuple[str, Shape]]]] = {}
    for item in found:
        name = item.name if not item.experts else item.template.numbered(item.template.text)
        place = _LAYER.match(name)
        if place is None:
            around.append(item)
        else:
            inside.setdefault(place[1], {}).setdefault(int(place[2]), []).append((place[3], item.shape))
    ordered = sorted(inside.items(), key=lambda stack: ("decoder" in stack[0], stack[0]))
    return around, [[tuple(sorted(layers[index])) for index in sorted(layers)] for _, layers in ordered]


def _defined(made: Draft, layers: Sequence[Layer], name: str) -> list[str]:
    """The name of each layer; layers alike have one, which is defined."""
    names: dict[Layer, str] = {}
    for layer in layers:
        if layer not in names:
            names[layer] = name if not names else f"{name}_{len(names) + 1}"
            made.define[names[layer]] = {"layer": {"label": "Layer", "body": _mixing(_boxes(layer))}}
    return [names[layer] for layer in layers]


def _boxes(tensors: Sequence[tuple[str, Shape]]) -> list[Block]:
    """A box for each module, with its tensors; several of one name where a box cannot hold them all."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for name, shape in tensors:
        module = module_of(name)
        rest = name.removeprefix(module).lstrip(".") or "weight"
        modules.setdefault(module, []).append({"name": _named(rest), "shape": list(shape) or [1]})
    return [
        {"weight": {"label": module[-40:], "name": _named(module), "role": _role(module), "weights": part}}
        for module, weights in sorted(modules.items(), key=lambda one: _order(one[0]))
        for part in (weights[start : start + MOST_WEIGHTS] for start in range(0, len(weights), MOST_WEIGHTS))
    ]


def _mixing(boxes: list[Block]) -> list[Block]:
    """``boxes`` of a layer, unknown ones as mixers of tokens if none is: their cache is unknown."""
    fields = [box["weight"] for box in boxes if isinstance(box, dict)]
    if not any(one["role"] == "attention" for one in fields):
        for one in fields:
            one["role"] = "attention" if one["role"] == "plain" else one["role"]
    return boxes


def module_of(name: str) -> str:
    """The module that a tensor belongs to, inside of a layer the outermost one."""
    parts = name.split(".")
    if len(parts) == 1:
        return parts[0]
    wraps = ("model", "transformer", "language_model", "backbone", "encoder", "decoder", "vision_tower", "visual")
    inside = next((index for index, part in enumerate(parts[:-1]) if part not in wraps), len(parts) - 2)
    return ".".join(parts[: inside + 1])


def _named(name: str) -> str:
    """``name`` as a spec may have it."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[-58:].lstrip(".-")
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"


def _role(module: str) -> str:
    last = module.rpartition(".")[2]
    return next((role for pattern, role in _ROLES if re.search(pattern, last)), "plain")


def _order(module: str) -> tuple[int, str]:
    """Where a module stands in its layer, as far as names say: norms, mixers, then feed forwards."""
    ways = (r"^(?:input|ln_1|norm1|attn_norm|operator)", r"attn|attention|mixer|conv|ssm", r"norm|ln_", r"")
    return next(index for index, way in enumerate(ways) if re.search(way, module)), module

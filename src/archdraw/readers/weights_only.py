"""Weights without a config: what names and shapes alone show of a model.

Each family of a short list is tried in turn: the shapes give its config, its reader gives a spec, and only a spec
whose tensors are all those of the file is taken. It is incomplete where shapes do not show a thing (heads, context).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from archdraw.errors import InputError
from archdraw.readers.agreement import comparison
from archdraw.readers.components import CONTEXT
from archdraw.readers.reading import Reading, reading_of
from archdraw.weights.naming import conventions, template_of
from archdraw.weights.packing import is_matrix, unpacked
from archdraw.weights.refusal import refusal
from archdraw.weights.storage import stored_bytes
from archdraw.weights.tensors import Tensor

HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads")
NOT_IN_SHAPES = ("context length and rotary embedding are not in the shapes",)
HEADS_NOT_IN_SHAPES = "the number of heads is not in the shapes; assumed: head_dim {width}"
ACTIVE_NOT_IN_SHAPES = "the number of experts per token is not in the shapes; assumed: 1"

_ADAPTER = r"(?:^|[._])(?:lora|loha|lokr|hada|oft)_\w+(?:\.weight)?$|\.lora_(?:up|down|A|B|E)\."
"""Names of an adapter's tensors."""

Shapes = Mapping[str, tuple[int, ...]]
"""Shapes by the tree's names without the layer: those of the first layer that has them."""


def read_weights_only(stored: Iterable[Tensor], file: str | Path, name: str) -> Reading:
    """The model whose tensors are ``stored``, as far as they show it.

    Raises :class:`InputError` with the reason where they are not those of a family on the list.
    """
    stored = list(stored)
    tensors = unpacked(stored)
    name_of_file = Path(file).as_posix()
    if sum(re.search(_ADAPTER, tensor.name) is not None for tensor in tensors) * 2 > len(tensors):
        raise refusal(name_of_file, "this is a LoRA adapter, not a model", "read the model that it changes instead")
    if packed := next((tensor for tensor in tensors if tensor.packed and is_matrix(tensor)), None):
        message = f"packed weights: {packed.name} does not give the shape of its matrix"
        raise refusal(name_of_file, message, "put their config.json beside them")
    shapes, layers = _shapes(tensors)
    if "embed_tokens.weight" not in shapes or len(shapes["embed_tokens.weight"]) != 2 or not layers:
        raise refusal(
            name_of_file,
            "no embedding and layers are found among these tensors",
            "put the model's config.json beside it",
        )
    best: tuple[int, str] | None = None
    for config, reasons in candidates(tensors, {}):
        try:
            reading = reading_of("", config, name_of_file, name, incomplete=reasons)
            result = comparison(reading, tensors)
        except InputError:
            continue
        if not result.differences and not result.renamed:
            return replace(reading, stored_bytes=stored_bytes(stored))
        first = next(iter((*result.lines(), *result.renamed_lines())))
        if best is None or len(result.differences) < best[0]:
            best = (len(result.differences), f"the nearest is {config['model_type']}, but {first}")
    raise refusal(
        name_of_file,
        "names and shapes alone do not determine the model" + (f": {best[1]}" if best else ""),
        "put its config.json beside it",
    )


def candidates(tensors: list[Tensor], data: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Configs that a model with these tensors could have, each with what it assumes.

    ``data`` are keys that are known of it: they go before what the shapes say, and say what those do not.
    """
    shapes, layers = _shapes(tensors)
    if len(shapes.get("embed_tokens.weight", ())) != 2 or not layers:
        return
    for candidate in CANDIDATES:
        config = candidate(shapes, layers)
        if config is None:
            continue
        guessed, reasons = config.pop("_guessed", False), list[str]()
        if not any(key in data for key in CONTEXT):
            reasons += NOT_IN_SHAPES
        queries, keys = shapes["self_attn.q_proj.weight"][0], shapes["self_attn.k_proj.weight"][0]
        heads = next((data[key] for key in HEADS if isinstance(data.get(key), int)), 0)
        if guessed and heads > 0 and not queries % heads and not keys % (queries // heads):
            width = queries // heads
            config |= {"head_dim": width, "num_attention_heads": heads, "num_key_value_heads": keys // width}
        elif guessed:
            reasons.append(HEADS_NOT_IN_SHAPES.format(width=config["head_dim"]))
        if "num_experts_per_tok" in config and "num_experts_per_tok" not in data:
            reasons.append(ACTIVE_NOT_IN_SHAPES)
        known = {key: value for key, value in data.items() if key != "model_type"}
        yield {**config, **known}, reasons


def _shapes(stored: list[Tensor]) -> tuple[Shapes, int]:
    """Shapes by names as the tree has them, and the number of layers, under the convention that makes most of them."""
    best: tuple[int, dict[str, tuple[int, ...]], int] = (-1, {}, 0)
    for convention in conventions():
        shapes: dict[str, tuple[int, ...]] = {}
        layers, experts = 0, 0
        for tensor in stored:
            template = template_of(tensor.name)
            for name in convention.names(template.text):
                short = name.removeprefix("layers.#.")
                if short != name:
                    layers = max(layers, (template.layer or 0) + 1)
                shape = tensor.shape
                if convention.is_transposed(template.text) and len(shape) > 1 and ".experts." not in name:
                    shape = (*shape[:-2], shape[-1], shape[-2])
                if template.expert is not None:
                    experts = max(experts, template.expert + 1)
                    shape = (experts, *shape)
                shapes[short] = (
                    max(shapes.get(short, shape), shape) if template.expert is not None else shapes.get(short, shape)
                )
        known = sum(name in _KNOWN for name in shapes)
        if known > best[0]:
            best = (known, shapes, layers)
    return best[1], best[2]


_KNOWN = frozenset(
    f"{name}.weight"
    for name in (
        *("embed_tokens", "norm", "lm_head", "input_layernorm", "post_attention_layernorm"),
        *(f"self_attn.{part}_proj" for part in ("q", "k", "v", "o", "qkv")),
        *(f"{place}.{part}_proj" for place in ("mlp", "mlp.experts") for part in ("gate", "up", "down", "gate_up")),
    )
)


def _gated(shapes: Shapes, layers: int) -> dict[str, Any] | None:
    """What decoders of the Llama line share, from their projections."""
    vocabulary, hidden = shapes["embed_tokens.weight"]
    queries = shapes.get("self_attn.q_proj.weight")
    keys = shapes.get("self_attn.k_proj.weight")
    down = shapes.get("mlp.down_proj.weight")
    if queries is None or keys is None or not all(len(one) == 2 and min(one) > 0 for one in (queries, keys)):
        return None
    normed = shapes.get("self_attn.q_norm.weight", ())
    width, guessed = (normed[0], False) if len(normed) == 1 and queries[0] > normed[0] else (0, True)
    if not width:
        width = next(
            (size for size in (128, 64, 96, 256, 80, 32, 16, 8) if not (queries[0] % size or keys[0] % size)), 1
        )
    return {
        "hidden_size": hidden,
        "vocab_size": vocabulary,
        "num_hidden_layers": layers,
        "num_attention_heads": max(1, queries[0] // width),
        "num_key_value_heads": max(1, keys[0] // width),
        "head_dim": width,
        **({"intermediate_size": down[-1]} if down else {}),
        "tie_word_embeddings": "lm_head.weight" not in shapes,
        "_guessed": guessed,
    }


def _family(model_type: str, *needs: str, **settings: Any) -> Callable[[Shapes, int], dict[str, Any] | None]:
    """A candidate: the model is of one family, where all of ``needs`` are there."""

    def candidate(shapes: Shapes, layers: int) -> dict[str, Any] | None:
        if not all(need in shapes for need in needs):
            return None
        config = _gated(shapes, layers)
        return config and {"model_type": model_type, **config, **settings}

    return candidate


def _llama(shapes: Shapes, layers: int) -> dict[str, Any] | None:
    config = _gated(shapes, layers)
    if config is None or "mlp.down_proj.weight" not in shapes:
        return None
    biased = {"attention_bias": "self_attn.o_proj.bias" in shapes, "mlp_bias": "mlp.down_proj.bias" in shapes}
    return {"model_type": "llama", **config, **biased}


def _experts(model_type: str, count: str, width: str) -> Callable[[Shapes, int], dict[str, Any] | None]:
    """A family of routed experts; ``count`` and ``width`` are what its config calls their number and width."""

    def candidate(shapes: Shapes, layers: int) -> dict[str, Any] | None:
        down = shapes.get("mlp.experts.down_proj.weight")
        config = _gated(shapes, layers)
        if config is None or down is None or len(down) != 3:
            return None
        made = {"model_type": model_type, **config, count: down[0], width: down[-1], "num_experts_per_tok": 1}
        return made | ({"intermediate_size": down[-1]} if "intermediate_size" not in made else {})

    return candidate


CANDIDATES: tuple[Callable[[Shapes, int], dict[str, Any] | None], ...] = (
    _llama,
    _family("qwen2", "self_attn.q_proj.bias"),
    _family("qwen3", "self_attn.q_norm.weight"),
    _family("olmo2", "self_attn.q_norm.weight", "post_feedforward_layernorm.weight"),
    _family("gemma2", "pre_feedforward_layernorm.weight"),
    _family("gemma3_text", "pre_feedforward_layernorm.weight", "self_attn.q_norm.weight"),
    _experts("mixtral", "num_local_experts", "intermediate_size"),
    _experts("qwen3_moe", "num_experts", "moe_intermediate_size"),
)
"""Configs that the shapes could have, the plainest first; None where a family's tensors are not there."""

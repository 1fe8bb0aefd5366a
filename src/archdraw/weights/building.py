"""Names and shapes of the tensors of a config's class: transformers builds it on the meta device, without memory.

    python -P -m archdraw.weights.building < config.json

It is run in a process of its own (:mod:`archdraw.readers.class_tensors`): the class is code of another package on sizes
that nobody has checked. That process reaches no network, loads no code that comes with a model, and has limited memory.
What it prints is JSON: the name of the class, the version of transformers and the tensors as
:mod:`archdraw.weights.shapes` has them, or the reason why there are none.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from archdraw.weights.shapes import shapes_text
from archdraw.weights.tensors import Tensor

MEMORY = 8 * 2**30
"""Bytes that the process may have, where the system can limit them."""

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
"""What the libraries are asked by their environment: no network, no graphics card."""

NOT_STRUCTURE = frozenset(
    (
        *("auto_map", "quantization_config", "dtype", "torch_dtype"),
        *("attn_implementation", "_attn_implementation", "experts_implementation", "_experts_implementation"),
    )
)
"""Keys of code that comes with a model, of code that the hub has, and of how weights are stored."""

AUTO_CLASSES = (
    "AutoModelForCausalLM",
    "AutoModelForImageTextToText",
    "AutoModelForMultimodalLM",
    "AutoModelForSeq2SeqLM",
    "AutoModelForSpeechSeq2Seq",
    "AutoModelForMaskedLM",
    "AutoModel",
)
"""Mappings from configs to classes, those with a head first."""


class NoClassError(Exception):
    """No class of transformers is known for a config."""


def model_of(data: Mapping[str, Any]) -> Any:
    """The model of the config ``data`` on the meta device.

    Its class is the first of the config's architectures that transformers has, else the one with a head that it maps
    the ``model_type`` to. Raises :class:`NoClassError`, or whatever the class raises.
    """
    import torch
    import transformers

    plain = _structure(data)
    kind = plain.pop("model_type", "")
    if not isinstance(kind, str) or kind not in transformers.CONFIG_MAPPING:
        raise NoClassError(f'transformers {transformers.__version__} has no model_type "{str(kind)[:40]}"')
    config = transformers.AutoConfig.for_model(kind, **plain)
    names = plain.get("architectures")
    with torch.device("meta"):
        for name in names if isinstance(names, list) else ():
            named = getattr(transformers, name, None) if isinstance(name, str) else None
            if isinstance(named, type) and issubclass(named, transformers.PreTrainedModel):
                cls: Any = named
                return cls._from_config(config)
        for name in AUTO_CLASSES:
            auto = getattr(transformers, name, None)
            if auto is not None and type(config) in auto._model_mapping:
                return auto.from_config(config)
    raise NoClassError(f'transformers {transformers.__version__} has no class of a model for model_type "{kind}"')


def _structure(value: Any) -> Any:
    """``value`` of a config without :data:`NOT_STRUCTURE`, infinity as transformers writes it as a number."""
    if isinstance(value, Mapping):
        if list(value) == ["__float__"]:
            return float(value["__float__"])
        return {key: _structure(inner) for key, inner in value.items() if key not in NOT_STRUCTURE}
    return [_structure(inner) for inner in value] if isinstance(value, list) else value


def tensors_of(model: Any) -> Iterator[Tensor]:
    """Every tensor that ``model`` would store, second names of one tensor marked as tied."""
    parameters = dict(model.named_parameters(remove_duplicate=False))
    first: dict[int, str] = {}
    for name, value in model.state_dict(keep_vars=True).items():
        trained = name in parameters
        tied = trained and first.setdefault(id(value), name) != name
        yield Tensor(name, tuple(value.shape), tied=tied, buffer=not trained)


def answer(text: str) -> str:
    """The answer to the config ``text`` in JSON; raises nothing that a class or its sizes could."""
    try:
        import transformers

        model = model_of(json.loads(text))
        found = {"class": type(model).__name__, "version": transformers.__version__}
        found["tensors"] = shapes_text(tensors_of(model))
    except NoClassError as error:
        found = {"error": str(error)}
    except MemoryError:
        found = {"error": f"its class needs more than {MEMORY // 2**30} GB"}
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0][:160]
        found = {"error": f"its class cannot be built: {type(error).__name__}: {first}"}
    return json.dumps(found)


def _confine() -> None:
    """Limits this process: no network, and no more than :data:`MEMORY`."""
    os.environ.update(OFFLINE)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        pass  # Not on this system.

    def refuse(event: str, arguments: Any) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
            raise ConnectionError("there is no network in this process")

    sys.addaudithook(refuse)


def main() -> None:
    """Answers the config on stdin; what libraries print goes to stderr."""
    text = sys.stdin.buffer.read().decode()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        _confine()
        output.write(answer(text))


if __name__ == "__main__":
    main()

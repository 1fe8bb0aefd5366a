"""Writes the parameters of every class that transformers has for a default config, with another head or none.

    pip install -e .[verify]
    python tests/verify_heads.py               # every model type of tests/data/families
    python tests/verify_heads.py roberta bart  # some model types

What comes out stands in tests/data/heads.tsv, where tests/test_heads.py compares archdraw's readers with it: the config
is that of tests/data/families with the class under ``architectures``. The classes are built on the meta device.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from verify_families import DATA, FOLDER

TABLE = DATA / "heads.tsv"
HEADER = """\
# Classes of transformers {version} with another head than the config of tests/data/families has, or with none, built
# on the meta device: their parameters, each tied one once. Labels are 2, as a config without labels has.
config\tclass\ttotal
"""
ENDINGS = (
    *("Model", "ForCausalLM", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"),
    *("ForMultipleChoice", "ForNextSentencePrediction", "ForPreTraining"),
)
"""Endings of the names of classes that are looked at."""

NO_MODEL = (
    *("PreTrainedModel", "PretrainedModel", "PretrainedBartModel", "PretrainedFSMTModel"),
    *("VisionModel", "AudioModel"),
)
"""Endings of classes that read no text, or that are no model."""


def other_classes(names: list[str]) -> Iterator[tuple[str, Any]]:
    """Each class of the modules that define the classes ``names``, but for those themselves."""
    import transformers

    found: dict[str, Any] = {}
    for name in names:
        module = importlib.import_module(getattr(transformers, name).__module__)
        for other in module.__all__:
            thing = getattr(module, other)
            is_model = isinstance(thing, type) and issubclass(thing, transformers.PreTrainedModel)
            if is_model and other not in names and other.endswith(ENDINGS) and not other.endswith(NO_MODEL):
                found[other] = thing
    yield from found.items()


def built(data: dict[str, Any], cls: Any) -> Any:
    """The model of ``cls`` for a config, or for its text part where the class is one of that; None for neither."""
    import torch
    import transformers

    data = {key: value for key, value in data.items() if key != "architectures"}
    config = transformers.AutoConfig.for_model(data["model_type"])
    with contextlib.suppress(Exception):  # Some classes refuse what they have saved; the file is their default.
        config = type(config).from_dict(data)
    if not isinstance(config, cls.config_class):
        config = getattr(config, "text_config", None)
        if not isinstance(config, cls.config_class):
            return None
    with torch.device("meta"):
        return cls._from_config(config)


def main(kinds: list[str]) -> int:
    """Writes the table; a run over some model types keeps the other rows."""
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    rows: dict[str, str] = {}
    if kinds and TABLE.exists():
        lines = TABLE.read_text("utf-8").splitlines()[HEADER.count("\n") :]
        rows = {line.rpartition("\t")[0]: line for line in lines}
    configs: dict[str, list[str]] = {}
    for file in sorted(FOLDER.glob("*.json")):
        kind, _, name = file.stem.partition("--")
        configs.setdefault(kind, []).append(name)
    for kind, names in configs.items():
        if kinds and kind not in kinds:
            continue
        slug = f"{kind}--{names[0]}"
        data = json.loads((FOLDER / f"{slug}.json").read_text("utf-8"))
        for name, cls in other_classes(names):
            try:
                model = built(data, cls)
            except Exception as error:
                print(f"{slug} {name}: {type(error).__name__}: {error}"[:200], flush=True)
                continue
            if model is not None:
                total = sum(tensor.numel() for tensor in model.parameters())
                rows[f"{slug}\t{name}"] = f"{slug}\t{name}\t{total}"
                print(rows[f"{slug}\t{name}"], flush=True)
    body = "".join(f"{rows[key]}\n" for key in sorted(rows))
    TABLE.write_text(HEADER.format(version=transformers.__version__) + body, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kind", nargs="*", help="model types; none: all")
    sys.exit(main(parser.parse_args().kind))

"""Reading a config: which family it is of, what it describes as a spec, and which keys were not recognized."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from textwrap import wrap
from typing import Any

from archdraw.errors import InputError, Problem, Span
from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Draft, inlined
from archdraw.readers.family import Family, family_of
from archdraw.readers.heads import AFTER_THE_LAST, with_head
from archdraw.readers.ignored_keys import STORAGE, effects, is_ignored
from archdraw.readers.no_models import no_config
from archdraw.readers.original_params import is_params, params_of, strange_key
from archdraw.readers.places import ConfigFile
from archdraw.readers.provenance import Provenance
from archdraw.readers.tying import settle_tying
from archdraw.readers.unknown import BY_KEYS, UNKNOWN, in_tensors
from archdraw.readers.writing import spec_text
from archdraw.records import record
from archdraw.source import LARGEST_FILE, read_text

LARGEST_CONFIG = 64_000_000
"""Bytes of a config with lists of how each of a hundred thousand tensors is stored."""


@record
class Reading:
    """What a config describes: ``text`` is a whole spec, ``provenance`` where in the config its values come from.

    ``unused`` are the unrecognized keys, from which nothing was read, as dotted paths; ``ignored`` those without
    bearing on the structure. ``incomplete`` are the reasons why the spec cannot be whole; empty where every key was
    recognized. ``warnings`` report both at their places in the file. ``data`` are the config's own keys and values.
    ``stored_bytes`` are those of the weights as they are stored, where they were read too.
    """

    text: str
    provenance: Provenance = field(compare=False, repr=False)
    unused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    stored_bytes: int | None = None


def read_config(path: str | Path, name: str = "") -> Reading:
    """The config.json at ``path``, read. The model is called ``name``, or by its file.

    Raises :class:`InputError` with everything that is wrong with the file, or the reason why it is refused.
    """
    file = Path(path)
    return read_content(*content_of(file), file, name or model_name(file))


def read_content(text: str, data: Mapping[str, Any], file: Path, name: str, incomplete: Iterable[str] = ()) -> Reading:
    """``text`` and ``data`` of the config in ``file``, read. Raises :class:`InputError` as :func:`read_config`.

    ``incomplete`` are reasons for which its spec is incomplete whatever is read.
    """
    if (answer := no_config(data)) is not None:
        message, hint = answer
        raise InputError([Problem(message, Span(file.as_posix(), 1, 1), hint=hint)])
    if is_params(data):
        if key := strange_key(data):
            message = f"{key} in a params.json is a key of a structure that is read from a config.json only"
            raise InputError([Problem(message, Span(file.as_posix(), 1, 1), hint="read the model's config.json")])
        params = params_of(data)
        reasons = [*params.incomplete, *incomplete]
        return reading_of(text, params.data, file.as_posix(), name, incomplete=reasons, keys=params.keys)
    return reading_of(text, data, file.as_posix(), name, incomplete=incomplete)


def content_of(file: Path) -> tuple[str, Mapping[str, Any]]:
    """The text of the config in ``file``, empty where it is too long to point into, and its keys and values.

    Raises :class:`InputError` where it is no JSON, or too long.
    """
    text = read_text(file, LARGEST_CONFIG)
    data = parsed(text, file.as_posix())
    if len(text) > LARGEST_FILE:
        # Lists of how each tensor is stored may be that long, what else there is may not. Too long to point into.
        if len(json.dumps(without_storage(data))) > LARGEST_FILE:
            message = f"the file is larger than {LARGEST_FILE:,} bytes, its quantization left out"
            raise InputError([Problem(message, Span(file.as_posix(), 1, 1))])
        text = ""
    return text, data


def is_config(data: Mapping[str, Any]) -> bool:
    """Whether ``data`` may be a model's config.json."""
    return no_config(data) is None and not is_params(data)


def without_storage(value: Any) -> Any:
    """``value`` of a config without what says how weights are stored."""
    if isinstance(value, Mapping):
        return {key: without_storage(inner) for key, inner in value.items() if key not in STORAGE}
    return value


def model_name(file: Path) -> str:
    """What a model is called whose config is ``file``: the file's name, or its folder's where that is all alike."""
    name = file.stem if file.stem not in ("config", "params") else file.resolve().parent.name
    return name[:80] or "model"


def parsed(text: str, file: str) -> Mapping[str, Any]:
    """The mapping that JSON ``text`` holds. Raises :class:`InputError` with the first place where it is no JSON."""
    lines = text.splitlines() or [""]

    def problem(message: str, line: int = 1, column: int = 1, hint: str = "") -> InputError:
        source = lines[line - 1] if line <= len(lines) else ""
        return InputError([Problem(message, Span(file, line, column), source, hint)])

    try:
        data = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        hint = "the file ends too early: was it copied whole?" if cut else ""
        message = error.msg[:1].lower() + error.msg[1:]
        raise problem(f"this is no JSON: {message}", error.lineno, error.colno, hint) from None
    except RecursionError:
        raise problem("the file nests too deeply for a config") from None
    except ValueError as error:
        raise problem(f"this is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise problem(f"a config is a mapping of keys to values, not {_shown(data)}")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; two values under one key are a contradiction unless they are equal."""
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made and made[key] != value:
            raise ValueError(f'two different values for "{key[:40]}"')
        made[key] = value
    return made


def _shown(value: object) -> str:
    return {list: "a list", str: "a text", type(None): "null", bool: str(value).lower()}.get(type(value), "a number")


def reading_of(
    text: str,
    data: Mapping[str, Any],
    file: str,
    name: str,
    *,
    incomplete: Iterable[str] = (),
    keys: Mapping[str, str] | None = None,
    family: Family | None = None,
    verified: bool = False,
) -> Reading:
    """``data``, the content of a config whose text is ``text`` (empty for a file without lines), read by its family.

    ``incomplete`` are reasons for which the spec is incomplete whatever the family makes of it, ``keys`` the file's own
    names of keys that a config.json calls otherwise. ``family`` reads it in place of its own. ``verified``: its tensors
    are at hand and will be compared, so that an unknown family or key is no reason to be incomplete.
    Raises :class:`InputError` with everything that is wrong, at its place in the file. Whatever else a reader raises is
    a fault of the reader and passes; its cause are then the complaints that the reader had before, if any.
    """
    source = ConfigFile(file, text, keys or {})
    config = Config(data)
    for reason in incomplete:
        config.mark_incomplete(reason)
    family = family or family_of(config) or UNKNOWN
    config.ignore(*family.ignored)
    draft: Draft | None = None
    try:
        draft = with_head(family.read(config), config, family)
        settle_tying(draft, config)
    except UnreadableError:
        if not config.complaints:
            raise
    except Exception as error:
        if config.complaints:
            raise error from _refused(config, source)
        raise
    if config.complaints or draft is None:
        raise _refused(config, source)
    if verified:
        config.incomplete[:] = [
            one for one in config.incomplete if not one.startswith(BY_KEYS) and not one.endswith(AFTER_THE_LAST)
        ]
    warnings = [source.problem(f"incomplete: {reason}", (), severity="warning") for reason in config.incomplete]
    warnings += [source.problem(one.message, one.path, one.hint, severity="warning") for one in config.warnings]
    unread = list(config.unread())
    unused = [path for path in unread if not is_ignored(path[-1])]
    for path in unused:
        message = f"unrecognized key {'.'.join(path)}"
        warnings.append(source.problem(message, path, severity="warning"))
        if _has_effect(_value(data, path)) and not (verified and in_tensors(path)):
            config.mark_incomplete(message)
    ignored = [*(path for path in unread if is_ignored(path[-1])), *config.ignored()]
    for path in ignored:
        reason = effects(path[-1], _value(data, path))
        if reason:
            warnings.append(source.problem(reason, path, severity="warning"))
            config.mark_incomplete(reason)
    spec = _spec(draft, config, name)
    return Reading(
        _written(spec, config, file, list(map(".".join, ignored))),
        Provenance(source, spec, tuple(config.read_paths()), _family_key(config)),
        tuple(map(".".join, unused)),
        tuple(map(".".join, ignored)),
        tuple(config.incomplete),
        tuple(warnings),
        data,
    )


def _refused(config: Config, source: ConfigFile) -> InputError:
    """All complaints about a config; a reader may ask for the same value at several places."""
    return InputError(dict.fromkeys(source.problem(one.message, one.path, one.hint) for one in config.complaints))


def _family_key(config: Config) -> tuple[str, ...]:
    """The path of the key that chose the reader; empty where neither is there."""
    return next(((key,) for key in ("model_type", "architectures") if key in config), ())


def _has_effect(value: object) -> bool:
    """Whether the value of an unrecognized key could change the structure: null, false, zero and empty ones do not."""
    return value not in (None, False, 0, "", [], {})


def _value(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _spec(draft: Draft, config: Config, name: str) -> dict[str, Any]:
    """The whole spec, its values still with the keys that they come from."""
    define, layers = inlined(draft.define, draft.layers)
    spec: dict[str, Any] = {"name": name}
    if draft.context_length is not None:
        spec["context_length"] = draft.context_length
    if draft.reads_tokens:
        spec |= {"hidden_size": draft.hidden_size, "vocab_size": draft.vocab_size}
    if draft.tie_word_embeddings:
        spec["tie_word_embeddings"] = True
    if config.incomplete:
        spec["incomplete"] = list(config.incomplete)
    if define:
        spec["define"] = define
    spec["layers"] = layers
    return spec


def _written(spec: dict[str, Any], config: Config, file: str, ignored: list[str]) -> str:
    kind = config.data.get("model_type")
    source = f"Read from {Path(file).name}" + (f", model_type {str(kind)[:40]}" if kind else "")
    header = ["".join(character if character.isprintable() else " " for character in source)]
    footer = []
    if ignored:
        line = f"Keys without bearing on the structure: {', '.join(dict.fromkeys(ignored))}."
        footer = ["", *wrap(line, 110, break_long_words=False, break_on_hyphens=False)]
    return spec_text(spec, header, footer)

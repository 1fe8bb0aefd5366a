"""What a model is compared by in a browser: a record of its blocks by role, of which any two make a comparison.

There are too many pairs of models to compare each beforehand. A page pairs the blocks of two records as
:mod:`archdraw.analysis.difference` does, by sort and role, and reads both values from them: what it says agrees with
``archdraw compare``. Values are in words; None stands for what means that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from archdraw.analysis.difference import COUNTS, count, sort_of, words
from archdraw.analysis.difference.features import FROM_HEADS, KNOWN, KV_HEADS, ONLY_WITH, is_latent, known_of
from archdraw.analysis.difference.groups import Sublayer, by_role, role_of
from archdraw.analysis.difference.meaning import TOKENS, drawn_again, meaning_of, positions_at_input, purpose_of
from archdraw.analysis.difference.models import plain, stacks
from archdraw.analysis.difference.places import Place, boxes_in
from archdraw.analysis.difference.stacks import EXPLAINS
from archdraw.analysis.difference.structure import begins_with_norm, is_sublayer, loops, norm_kind, sublayers
from archdraw.glossary import text
from archdraw.glossary.numbers import data_size
from archdraw.glossary.plate import TOKENIZED_TEXT
from archdraw.glossary.settings import value_of
from archdraw.model import Model
from archdraw.records import record
from archdraw.site.templating import call
from archdraw.tree.blocks import Leaf, Module, Setting, Side
from archdraw.tree.settings import MIXER, is_without
from archdraw.tree.walks import layers, walk
from archdraw.views.header import origin, size_of

CONTEXTS = (4_096, 32_768, 131_072, 1_048_576)
"""The lengths, in tokens, at which memory is compared."""
NORM = "norm"
TITLES = {"plain": "block", "auxiliary": "module"}
"""What blocks of a sort are called that are drawn without a color of their own, or beside the line."""

Record = dict[str, Any]
Values = list[tuple[str, str | None]]
"""Names of settings, and their values in words."""


@record
class _Slot:
    """What is in one place of a model: ``sort`` and ``role`` say for what of another it stands.

    ``title`` is what its rows are called, ``place`` says where it is: before, in or after the layers. Of each block in
    ``blocks`` are its label, its second line, how many layers have it, and what it has. An embedding or an input
    ``means`` something, by which it stands for others.
    """

    sort: str
    role: str
    title: str
    place: str
    blocks: list[Record]
    means: str = ""


def written(model: Model) -> bytes:
    """The record of ``model`` as a classic script, the same bytes on every run."""
    return call("comparable", comparable(model))


def comparable(model: Model) -> Record:
    """What ``model`` is compared by; of one whose structure is not disclosed its name alone."""
    facts = model.facts
    said: Record = {"name": model.name, "about": origin(model.spec), "unknown": facts.unknown}
    if facts.unknown:
        return said
    tree = plain(model.block)
    every = layers(tree)
    bodies = [stack.body for _, stack in stacks(tree.body)]
    slots = list(_slots(tree, frozenset(drawn_again(model.block))))
    return said | {
        "about": ", ".join(filter(None, (text(size_of(model.spec, facts)), said["about"]))),
        "settings": _values(tree.settings),
        "counts": [
            (what, value, value_of(what, value)) for what in COUNTS for value in [count(facts, what, model.block)]
        ],
        "encoders": bool(facts.encoders),
        "slots": [{name: getattr(one, name) for name in _Slot.__annotations__} for one in slots],
        "tokens": _unsaid_tokens(slots),
        "positions": positions_at_input(tree),
        "order": words.order(every, words.layer_names(every)) if every else "",
        "runs": _runs(every, [(one.sort, one.role) for one in slots]),
        "loops": words.looped([times for body in (tree.body, *bodies) for times in loops(body)]),
        "context": model.spec.context_length,
        "memory": [None if facts.cache_unknown else data_size(_kept(model, tokens)) for tokens in CONTEXTS],
    }


def _kept(model: Model, tokens: int) -> int:
    """Bytes that are kept of so many ``tokens``: keys and values, those of indexers, and states."""
    facts = model.facts
    index = facts.index_cache_bytes_per_token() * tokens
    return facts.kv_cache_bytes(tokens) + index + facts.recurrent_state_bytes()


def _unsaid_tokens(slots: Iterable[_Slot]) -> str:
    """What comes into a model that says nothing of the tokens that it reads; empty for all others."""
    means = {(one.sort, one.means) for one in slots}
    return text(TOKENIZED_TEXT()) if ("embedding", TOKENS) in means and ("input", TOKENS) not in means else ""


def _slots(tree: Module, again: frozenset[str]) -> Iterator[_Slot]:
    """All slots of ``tree``, the lowest first; norms at the paths ``again`` are drawn a second time."""
    outside = boxes_in(tree.body, "")
    inner = [place for _, stack in stacks(tree.body) for place in boxes_in(stack.body, "") if not _is_layer(place)]
    of_layers = [place for layer in dict.fromkeys(layers(tree)) for place in boxes_in(layer.body, "")]
    numbers = [number for number, (_, box) in enumerate(outside) if sort_of(box) == "layers"]
    first = numbers[0] if numbers else len(outside)
    outer = str(sum(sort_of(box) == NORM for _, box in outside))
    yield from _norms(outside[:first], "before", outer)
    yield from _others(outside[:first], "before")
    every = layers(tree)
    if every:
        settings = [_block(layer, "", _explaining(layer)) for layer in dict.fromkeys(every)]
        yield _Slot("layer", "layer", "layer", "layers", settings)
        of_each = {
            layer: sum(
                (sort_of(box) == NORM and own not in again) or begins_with_norm(box)
                for own, box in boxes_in(layer.body, path)
            )
            for path, layer in walk(tree.body)
            if isinstance(layer, Module) and layer.level == "layer"
        }
        often = words.occurrences([of_each[layer] for layer in every])
        yield from _norms((*of_layers, *inner), "layers", often)
    for (sort, role), blocks in sorted(by_role(every).items(), key=lambda pair: pair[0][0] != MIXER):
        title = text(words.ROLES[role]()) if role in words.ROLES else role
        yield _Slot(sort, role, title, "layers", [_sublayer(block, every) for block in blocks])
    yield from _others([place for place in (*of_layers, *inner) if not is_sublayer(place[1])], "layers")
    yield from _norms(outside[first:], "after", outer)
    yield from _others(outside[first:], "after")


def _is_layer(place: Place) -> bool:
    return isinstance(place[1], Module) and place[1].level == "layer"


def _others(places: Iterable[Place], where: str) -> Iterator[_Slot]:
    """A slot for each name of boxes but those of :func:`by_role`; modules beside the line are compared as they read."""
    found: dict[tuple[str, str, str], list[Record]] = {}
    for _, box in places:
        sort, role = sort_of(box), text(words.label(box))
        label = role
        if isinstance(box, Side):
            role, label = purpose_of(box) or role, text(words.content(box))
        if sort in ("layers", "layer", NORM):
            continue
        own = known_of(box) if isinstance(box, Leaf | Module) else {}
        block = _block(box, label, _values(own.items()))
        if block not in found.setdefault((sort, role, meaning_of(box)), []):
            found[sort, role, meaning_of(box)].append(block)
    for (sort, role, means), blocks in found.items():
        yield _Slot(sort, role, TITLES.get(sort, sort), where, blocks, means)


def _norms(places: Iterable[Place], where: str, often: str) -> Iterator[_Slot]:
    """The norms of ``places`` as one slot: which there are, whatever they follow, and how ``often``."""
    found: list[Record] = []
    for _, box in places:
        if sort_of(box) == NORM and isinstance(box, Leaf | Module):
            block = _block(box, norm_kind(box.label), _values(known_of(box).items())) | {"detail": "", "often": often}
            if block not in found:
                found.append(block)
    if found:
        yield _Slot(NORM, NORM, NORM, where, found)


def _explaining(layer: Module) -> Values:
    """The settings of a layer that say where its norms are and how its blocks are joined."""
    return _values((name, value) for name, value in known_of(layer).items() if name.partition(".")[0] in EXPLAINS)


def _sublayer(block: Sublayer, every: Iterable[Module]) -> Record:
    """A mixer or a feed-forward block, with what is known of its role.

    ``only`` are the names of what is compared where both blocks have it, ``heads`` of what was read off its heads.
    """
    own = known_of(block)
    given = dict(block.settings)
    unknown = {KV_HEADS} if is_latent(own) else set()
    lacking = {name: None for name in sorted(KNOWN.get(block.role, frozenset()) - unknown) if name not in own}
    return _block(block, text(block.label), _values({**own, **lacking}.items())) | {
        "layers": sum(block in sublayers(layer) for layer in every),
        "only": [name for name in own if name in ONLY_WITH],
        "heads": [name for name in own if name in FROM_HEADS and name not in given],
    }


def _block(block: Leaf | Module | Side, label: str, values: Values) -> Record:
    own = block.body if isinstance(block, Side) else block
    return {
        "kind": getattr(block, "kind", ""),
        "label": label,
        "detail": text(own.detail),
        "role": own.role or "plain",
        "has": [(what, value) for what, value in values if value is not None],
        "lacks": [what for what, value in values if value is None],
    }


def _values(settings: Iterable[tuple[str, Setting]]) -> Values:
    return [(what, None if is_without(value) else value_of(what, value)) for what, value in settings]


def _runs(every: Sequence[Module], slots: Sequence[tuple[str, str]]) -> list[tuple[list[tuple[int, int]], int]]:
    """The layers in their order: of each sublayer the number of its slot, and its own among those; and how often."""
    number = {
        (key, block): (slots.index(key), place)
        for key, blocks in by_role(every).items()
        for place, block in enumerate(blocks)
    }
    kinds = ([number[(sort_of(block), role_of(block)), block] for block in sublayers(layer)] for layer in every)
    return [(kind, len(list(same))) for kind, same in groupby(kinds)]

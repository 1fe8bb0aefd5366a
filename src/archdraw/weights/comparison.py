"""The tensors of a tree against those of a file: which are missing, which are too many, which have another shape."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from archdraw.weights.conventions.common import IGNORED, PACKED
from archdraw.weights.differences import Comparison, Difference
from archdraw.weights.dimensions import Shape, joined_shape, same, turned, without_ones
from archdraw.weights.naming import Convention, conventions, parts_of, template_of, wholes_of
from archdraw.weights.packing import unpacked
from archdraw.weights.stored import Stored, members_of, of_expert, stacked
from archdraw.weights.tensors import Tensor


def compare(tree: Iterable[Tensor], stored: Iterable[Tensor], convention: Convention | None = None) -> Comparison:
    """The tensors of ``tree`` against those that a file has ``stored``.

    Without ``convention`` the one is taken that has most of the file's names. Dimensions of 1 are not looked at:
    formats differ in them. Scales of quantised weights, masks and tables of rotations are no weights; modules beside
    the model (multi-token prediction) may be there or not, and so may second names of tied tensors.
    """
    plain = unpacked(stored)
    wanted, found = list(tree), stacked(tensor for tensor in plain if not re.search(IGNORED, tensor.name))
    results = []
    for chosen in [convention] if convention else _likely(wanted, found):
        match = _Match(wanted, chosen)
        match.take_all(found)
        results.append(match.result())
    return min(results, key=lambda result: (len(result.differences), len(result.renamed)))


def _likely(tree: Sequence[Tensor], stored: Sequence[Stored]) -> list[Convention]:
    """The conventions under which most of the file's names are known to the tree; of those that agree, the first."""
    templates = sorted({item.template.text for item in stored})
    ours = {template_of(name).text for tensor in tree for name in (tensor.name, *tensor.also)}
    scores: dict[object, tuple[int, Convention]] = {}
    for convention in conventions():
        keys = _keys(ours, convention)
        known = sum(any(_reaches(name, keys) for name in convention.names(template)) for template in templates)
        meaning = tuple((convention.names(one), convention.is_transposed(one)) for one in templates)
        scores.setdefault(meaning, (known, convention))
    most = max(known for known, _ in scores.values())
    return [convention for known, convention in scores.values() if known == most]


def _keys(templates: set[str], convention: Convention) -> set[str]:
    return templates | {name for template in templates for name in convention.names(template)}


def _reaches(name: str, keys: set[str]) -> bool:
    if name in keys or any(all(part in keys for part in parts) for parts in parts_of(name)):
        return True
    return any(whole in keys for whole, _ in wholes_of(name))


@dataclass
class _Match:
    """Finds the place of each stored tensor in the tree."""

    tree: list[Tensor]
    convention: Convention
    keys: dict[str, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    pieces: dict[int, dict[str, Stored]] = field(default_factory=dict)
    ways: dict[int, tuple[str, ...]] = field(default_factory=dict)
    matched: int = 0
    packed: int = 0
    differences: list[Difference] = field(default_factory=list)
    extra: list[Stored] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A tensor's own name goes before all that rules make of others, and before another's second name.
        ordered = sorted(enumerate(self.tree), key=lambda item: item[1].tied)
        for number, tensor in ordered:
            self.keys.setdefault(tensor.name, number)
        for number, tensor in ordered:
            for name in (tensor.name, *tensor.also):
                template = template_of(name)
                for made in (template.text, *self.convention.names(template.text)):
                    self.keys.setdefault(template.numbered(made), number)
        numbers = [template_of(tensor.name) for tensor in self.tree]
        self.layers = 1 + max((one.layer or 0 for one in numbers if one.text.startswith("layers.#.")), default=-1)
        self.has_auxiliary = any(tensor.auxiliary for tensor in self.tree)

    def take_all(self, found: Iterable[Stored]) -> None:
        """Finds the places of all stored tensors: by whole names, then with a module fewer in the tree, or in the file.

        A tree may frame what a class does not, and the other way round.
        """
        left = [item for item in found if not self._take(item, self._names(item))]
        if left:
            self._leave_out_frames()
            left = [item for item in left if not self._take(item, self._names(item))]
        for item in left:
            names = [short for name in self._names(item) for short in _without_one(name)]
            if not self._take(item, names) and not self._is_auxiliary(item):
                self.extra.append(item)

    def _names(self, item: Stored) -> list[str]:
        return [item.template.numbered(made) for made in self.convention.names(item.template.text)]

    def _take(self, item: Stored, names: Sequence[str]) -> bool:
        """Whether ``item`` has a place under one of ``names``."""
        return any(
            (name in self.keys and self._whole(self.keys[name], item))
            or self._fused(name, item)
            or self._piece(name, item)
            for name in names
        )

    def _leave_out_frames(self) -> None:
        """Lets what has not been found go by its names without one of its modules, where that is one tensor's only."""
        shorter: dict[str, set[int]] = defaultdict(set)
        for name, number in self.keys.items():
            if number not in self.seen:
                for short in _without_one(name):
                    shorter[short].add(number)
        for name, numbers in shorter.items():
            if len(numbers) == 1 and (name not in self.keys or self.keys[name] in self.seen):
                self.keys[name] = next(iter(numbers))

    def result(self) -> Comparison:
        """What came of it, when every stored tensor has been taken."""
        for number, parts in self.pieces.items():
            self._joined(number, parts)
        missing = [
            number
            for number, tensor in enumerate(self.tree)
            if number not in self.seen and not tensor.tied and not tensor.auxiliary
        ]
        renamed = _by_shape([self.tree[number] for number in missing], self.extra, self.convention)
        named = {name for name, _ in renamed}
        called = {name for _, name in renamed}
        for number in missing:
            tensor = self.tree[number]
            if tensor.name not in named:
                self.differences.append(Difference("missing", tensor.name, expected=tensor.shape))
        for item in self.extra:
            # A class lists second names of tied tensors and what it keeps without training it.
            if item.name not in called and not item.tensor.tied and not item.tensor.buffer:
                self.differences += [
                    Difference("extra", tensor.name, found=tensor.shape) for tensor in members_of(item)
                ]
        order = {"missing": 0, "shape": 1, "extra": 2}
        self.differences.sort(key=lambda difference: order[difference.kind])
        loose = tuple(
            (tensor_name, file_name)
            for tensor_name, file_name in renamed
            if not self.tree[self.keys[tensor_name]].encoder
        )
        return Comparison(
            self.convention.name, self.matched + len(renamed), self.packed, tuple(self.differences), loose
        )

    def _whole(self, number: int, item: Stored) -> bool:
        """Whether ``item`` is the tensor of that number; False where that is taken already."""
        tensor = self.tree[number]
        if number in self.seen:
            return False
        self.seen.add(number)
        self._settle(tensor.name, tensor.shape, item)
        return True

    def _fused(self, name: str, item: Stored) -> bool:
        """Whether ``item`` holds several tensors of the tree, one after the other."""
        for parts in parts_of(name):
            numbers = [self.keys.get(part, -1) for part in parts]
            if all(number >= 0 and number not in self.seen for number in numbers):
                self.seen.update(numbers)
                shapes = [self.tree[number].shape for number in numbers]
                self._settle(self._label(parts), joined_shape(shapes, item.shape, self._turns(item), parts[0]), item)
                return True
        return False

    def _piece(self, name: str, item: Stored) -> bool:
        """Whether ``item`` is a part of one tensor of the tree."""
        for whole, parts in wholes_of(name):
            number = self.keys.get(whole, -1)
            free = number >= 0 and (number not in self.seen or name in self.ways.get(number, ()))
            if free and self.ways.setdefault(number, parts) == parts:
                self.seen.add(number)
                self.pieces.setdefault(number, {})[name] = item
                return True
        return False

    def _joined(self, number: int, parts: dict[str, Stored]) -> None:
        """Compares a tensor of the tree with the parts that the file has of it."""
        tensor, way = self.tree[number], self.ways[number]
        absent = [name for name in way if name not in parts]
        if absent:
            self.differences += [Difference("missing", name) for name in absent]
            return
        shapes = [parts[name].shape for name in way]
        whole = joined_shape(shapes, tensor.shape, False, tensor.name)
        # Heads may be taken apart in parts of another rank: as many numbers then are the same numbers.
        regrouped = {len(shape) for shape in shapes} != {len(tensor.shape)}
        if same(whole, tensor.shape) or (regrouped and sum(map(prod, shapes)) == prod(tensor.shape)):
            self.matched += len(way)
        else:
            self.differences.append(Difference("shape", tensor.name, tensor.shape, whole))

    def _settle(self, name: str, expected: Shape, item: Stored) -> None:
        """Compares the shapes of what has been found to be the same tensor."""
        if item.experts and expected:
            self._settle_experts(name, expected, item)
        elif self._fits(expected, item.shape, item):
            self.matched += 1
        elif _is_packed(item.tensor):
            self.packed += 1
        else:
            self.differences.append(Difference("shape", name, expected, item.shape))

    def _settle_experts(self, name: str, expected: Shape, item: Stored) -> None:
        total, one = expected[0], expected[1:]
        there = dict(item.experts)
        for expert in range(total):
            if expert not in there:
                self.differences.append(Difference("missing", of_expert(name, expert), expected=one))
        for expert, tensor in item.experts:
            if expert >= total:
                self.differences.append(Difference("extra", tensor.name, found=tensor.shape))
            elif self._fits(one, tensor.shape, item):
                self.matched += 1
            elif _is_packed(tensor):
                self.packed += 1
            else:
                self.differences.append(Difference("shape", of_expert(name, expert), one, tensor.shape))

    def _fits(self, expected: Shape, found: Shape, item: Stored) -> bool:
        return same(expected, found) or (self._turns(item) and same(turned(expected), found))

    def _turns(self, item: Stored) -> bool:
        return self.convention.is_transposed(item.template.text)

    def _label(self, parts: Sequence[str]) -> str:
        """``layers.0.self_attn.q_proj+k_proj+v_proj.weight``."""
        first = parts[0].split(".")
        return ".".join((*first[:-2], "+".join(part.split(".")[-2] for part in parts), first[-1]))

    def _is_auxiliary(self, item: Stored) -> bool:
        """Whether a tensor that the tree does not have belongs to a module beside it, whose names are of many kinds."""
        if not self.has_auxiliary:
            return False
        beyond = item.template.layer is not None and item.template.layer >= self.layers
        return beyond or re.search(r"(?:^|\.)(?:mtp|nextn|eagle)", item.name) is not None


def _by_shape(tree: list[Tensor], stored: list[Stored], convention: Convention) -> list[tuple[str, str]]:
    """Pairs of names that are left over on both sides, agree in layers and shape, and are equally many."""
    left: dict[tuple[object, ...], list[list[str]]] = defaultdict(list)
    right: dict[tuple[object, ...], list[list[str]]] = defaultdict(list)
    ours = [(tensor.name, template_of(tensor.name), tensor.shape) for tensor in tree]
    theirs = [
        (item.name, replace(item.template, text=convention.names(item.template.text)[0]), item.shape)
        for item in stored
        if not item.experts and not item.tensor.tied and not item.tensor.buffer
    ]
    for rows, groups in ((ours, left), (theirs, right)):
        patterns: dict[tuple[str, Shape], list[tuple[int, str]]] = defaultdict(list)
        for name, template, shape in rows:
            patterns[template.text, without_ones(shape)].append((template.layer or 0, name))
        for (text, shape), members in patterns.items():
            members.sort()
            in_stack = text.startswith("layers.#.")
            # A projection of an encoder may be stored either way, and its patches as a convolution or as a matrix.
            size = shape if in_stack else (prod(shape),)
            place: tuple[object, ...] = (in_stack, "#" in text, size, tuple(layer for layer, _ in members))
            groups[place].append([name for _, name in members])
    encoders = {tensor.name for tensor in tree if tensor.encoder}
    pairs: list[tuple[str, str]] = []
    for place, names in left.items():
        if len(names) == len(right.get(place, ())):
            for mine, yours in zip(names, right[place], strict=True):
                pairs += zip(mine, yours, strict=True)
    sizes = {name: shape for name, _, shape in (*ours, *theirs)}
    return [
        (mine, yours)
        for mine, yours in pairs
        if mine in encoders or without_ones(sizes[mine]) == without_ones(sizes[yours])
    ]


def _is_packed(tensor: Tensor) -> bool:
    return tensor.packed or re.search(PACKED, tensor.name) is not None


def _without_one(name: str) -> Iterator[str]:
    """``name`` without one of its modules; the stack, the layer's index, experts and the tensor itself stay."""
    parts = name.split(".")
    for place in range(2 if parts[0] == "layers" else 0, len(parts) - 2):
        if not parts[place].isdecimal() and parts[place] != "experts":
            yield ".".join((*parts[:place], *parts[place + 1 :]))

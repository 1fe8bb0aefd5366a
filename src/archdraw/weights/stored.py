"""The tensors of a file as they are matched: those of a layer's experts as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from archdraw.records import record
from archdraw.weights.dimensions import Shape
from archdraw.weights.naming import Template, template_of
from archdraw.weights.tensors import Tensor


@record
class Stored:
    """One tensor of a file, or those of all experts as one. ``shape`` has the experts in front."""

    tensor: Tensor
    template: Template
    shape: Shape
    experts: tuple[tuple[int, Tensor], ...] = ()

    @property
    def name(self) -> str:
        """The name in the file, of experts that of the first."""
        return self.tensor.name


def stacked(stored: Iterable[Tensor]) -> list[Stored]:
    """The tensors of a file, those of a layer's experts together."""
    found: list[Stored] = []
    groups: dict[tuple[str, int | None], list[tuple[int, Tensor]]] = {}
    for tensor in stored:
        template = template_of(tensor.name)
        if template.expert is None:
            found.append(Stored(tensor, template, tensor.shape))
        else:
            groups.setdefault((template.text, template.layer), []).append((template.expert, tensor))
    for (text, layer), members in groups.items():
        members.sort(key=lambda member: member[0])
        usual = Counter(tensor.shape for _, tensor in members).most_common(1)[0][0]
        found.append(Stored(members[0][1], Template(text, layer), (len(members), *usual), tuple(members)))
    return found


def members_of(item: Stored) -> Iterator[Tensor]:
    """The tensors of the file that ``item`` stands for."""
    if item.experts:
        yield from (tensor for _, tensor in item.experts)
    else:
        yield item.tensor


def of_expert(name: str, expert: int) -> str:
    """``layers.0.mlp.experts.up_proj.weight`` of one expert."""
    return re.sub(r"\bexperts\.", f"experts.{expert}.", name, count=1)

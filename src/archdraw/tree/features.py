"""How many features come into a block and leave it, as far as its matrices say so."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Module, Parallel, Repeat, Residual, Sequence, Side
from archdraw.tree.remembered import remembered
from archdraw.tree.walks import entries, outputs

Ends: TypeAlias = tuple[int | None, int | None, bool]
"""Features of the line that comes in and of the one that leaves (None: not said by a matrix), and whether the block
hands on as many as it gets, whatever those are."""

UNSAID: Ends = (None, None, False)
KEPT: Ends = (None, None, True)


@remembered(4096)
def ends(block: Block) -> Ends:
    """The features at both ends of ``block``.

    Where several lines come in or leave, that end is None: no single number is true of them.
    """
    match block:
        case Leaf():
            return _leaf(block)
        case Sequence(parts=parts):
            return _row(parts)
        case Parallel(branches=branches, merge=merge):
            return _branches(branches, merge)
        case Graph():
            return _graph(block)
        case Residual(body=body):
            first, last, _ = ends(body)
            known = first if first is not None else last
            return (known, known, True)
        case Repeat(body=body) | Experts(body=body) | Module(body=body):
            return ends(body)
        case Side():
            return KEPT
        case _:
            assert_never(block)


def _leaf(leaf: Leaf) -> Ends:
    if leaf.streams is not None:
        # A port reads all residual lines at once, and writes to them.
        return KEPT
    matrices = [weight.shape for weight in leaf.weights if weight.is_matrix]
    if leaf.inputs != 1 or len(leaf.outputs) != 1:
        first = matrices[0][1] if leaf.inputs == 1 and len(matrices) == 1 and len(matrices[0]) == 2 else None
        return (first, None, False)
    if leaf.role in ("embedding", "position") and leaf.part != "head":
        # Rows are looked up: what comes in are numbers of tokens, and no features.
        own = leaf.part != "other" and len(matrices) == 1 and len(matrices[0]) == 2
        return (None, matrices[0][1], False) if own else UNSAID
    if not matrices:
        return KEPT if leaf.heads is None and not leaf.state else UNSAID
    if len(matrices) == 1 and len(matrices[0]) == 2:
        width, inputs = matrices[0]
        return (inputs, width, False)
    return UNSAID


def _row(parts: tuple[Block, ...]) -> Ends:
    found = [ends(part) for part in parts if not isinstance(part, Side)]
    keeps = all(kept for _, _, kept in found)
    first = last = None
    for one, _, kept in found:
        first = one
        if one is not None or not kept:
            break
    for _, one, kept in reversed(found):
        last = one
        if one is not None or not kept:
            break
    if keeps:
        first = last = first if first is not None else last
    return (first, last, keeps)


def _branches(branches: tuple[Block, ...], merge: str) -> Ends:
    found = [ends(branch) for branch in branches]
    one_line = all(len(entries(branch)) <= 1 for branch in branches)
    first = next((one for one, _, _ in found if one is not None), None) if one_line else None
    leaving = [one for _, one, _ in found]
    match merge:
        case "separate":
            last = leaving[0] if len(leaving) == 1 else None
        case "concatenate":
            last = None if None in leaving else sum(one for one in leaving if one is not None)
        case _:
            # One feature, such as a gate, meets all of the others.
            wide = {one for one in leaving if one is not None} - {1}
            last = wide.pop() if len(wide) == 1 else None
    return (first, last, merge != "concatenate" and all(kept for _, _, kept in found))


def _graph(graph: Graph) -> Ends:
    nodes = dict(graph.nodes)

    def at(names: list[str], end: int) -> int | None:
        known = (ends(nodes[name])[end] for name in names if name in nodes)
        return next((one for one in known if isinstance(one, int)), None)

    reading = [end.partition(".")[0] for start, end in graph.edges if start == "input"]
    leaving = [start.partition(".")[0] for start, end in graph.edges if end == "output"]
    first = at(reading, 0) if len(graph.inputs) == 1 else None
    single = len(graph.outputs) == 1 and all(len(outputs(nodes[name])) == 1 for name in leaving if name in nodes)
    return (first, at(leaving, 1) if single else None, False)

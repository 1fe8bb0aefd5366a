"""Experts behind their router: the tokens pass the router by, which says only which experts get them, and how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archdraw.edges import INPUT, OUTPUT, Edge
from archdraw.picture import Box, Branches, Chain, Diagram, Graph
from archdraw.tree.blocks import Block, Experts, Parallel, Sequence
from archdraw.tree.walks import leaves

ROUTER, SUM = "router", "sum"


def is_routed(block: Sequence) -> bool:
    """Whether ``block`` is a router and what it chooses from."""
    if len(block.parts) != 2:
        return False
    router, chosen = block.parts
    return any(leaf.part == "router" for leaf in leaves(router)) and (
        isinstance(chosen, Experts)
        or (isinstance(chosen, Parallel) and chosen.merge == "add" and any(map(_is_experts, chosen.branches)))
    )


def _is_experts(block: Block) -> bool:
    return isinstance(block, Experts)


def routed(block: Sequence, drawn: Callable[[Block], Diagram]) -> Diagram:
    """``block``, of which :func:`is_routed` holds: the line and the router side by side lead to what it chooses from.

    ``drawn`` is the diagram of a part.
    """
    router, chosen = block.parts
    if isinstance(chosen, Parallel):
        return _of_several(drawn(router), [drawn(branch) for branch in chosen.branches])
    experts = drawn(chosen)
    assert isinstance(experts, Box)
    return Chain((Branches((Chain(()), drawn(router)), None), replace(experts, inputs=2)))


def _of_several(router: Diagram, branches: list[Diagram]) -> Graph:
    """Several groups that the ``router`` weighs, each of which gets the tokens."""
    nodes = {f"group{number}": branch for number, branch in enumerate(branches)}
    edges = [Edge(INPUT, ROUTER)]
    for name in nodes:
        edges += [Edge(INPUT, name), Edge(ROUTER, name), Edge(name, SUM)]
    plus = Box("", "+")
    return Graph(((ROUTER, router), *nodes.items(), (SUM, plus)), (*edges, Edge(SUM, OUTPUT)), 1, ("",), "")

"""One model's architecture: what its plate shows, of which card, strip and inset are parts."""

from __future__ import annotations

from collections.abc import Iterable

from archdraw.errors import InputError, nearest
from archdraw.picture import Branches, Chain, Diagram, Inset, Plate
from archdraw.spec import Spec
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Sequence, Side, leaves, walk
from archdraw.tree.facts import Facts, facts
from archdraw.views import unpublished
from archdraw.views.developers import accent_index
from archdraw.views.diagrams import folded, opened, tapped
from archdraw.views.encoders import encoder_panels, encoders
from archdraw.views.insets import insets, names_of, spine_options
from archdraw.views.stack import Option, Stack, joined, stacked
from archdraw.views.strip import strip
from archdraw.views.wording import headline, parameters, share

MOST_REASONS = 2
"""How many of the things that a spec lacks its footer names."""


def picture(spec: Spec, model: Module, *, every_strip: bool = False) -> Plate:
    """The plate of ``model``, before anything has a place; with ``every_strip`` also one of layers that are alike."""
    counted = facts(model)
    paths = {id(block): path for path, block in reversed(list(walk(model.body)))}
    items: list[Diagram] = []
    stacks: list[Stack] = []
    parts = model.body.parts if isinstance(model.body, Sequence) else (model.body,)
    number = sum(isinstance(part, Module) and part.kind == "layers" for part in parts)
    for part in parts:
        match part:
            case Module(kind="layers"):
                stacks.append(stacked(part, paths[id(part)]))
                items.extend(stacks[-1].picture)
            case Module(kind="unpublished_layers"):
                items.append(unpublished.stack_picture(part, paths[id(part)]))
            case Leaf(role="norm") if len(stacks) == number:
                # The one after the last layer is the only one that stands by itself.
                items.append(folded(part, paths[id(part)], label=f"{part.label} (final)"))
            case Leaf() | Module():
                items.append(folded(part, paths[id(part)]))
            case Side():
                items.append(tapped(part, paths[id(part.body)], _note(part)))
            case Parallel(branches=branches, merge="add") if all(isinstance(branch, Leaf) for branch in branches):
                # Tables that are added up: the first is the one that stands on the spine, the others at its left.
                boxes = [folded(leaf, paths[id(leaf)]) for leaf in branches if isinstance(leaf, Leaf)]
                items.append(Branches((*boxes[1:], boxes[0]), "+", main=len(boxes) - 1))
            case _:
                items.append(opened(Module("", "", part), ""))
    if not stacks and not counted.unknown:
        raise InputError([spec.problem(f"{spec.name} has no layers to draw", "layers")])
    stack = joined(stacks)
    return Plate(
        name=spec.name,
        subtitle=_subtitle(spec, model, counted),
        accent=accent_index(spec.developer or spec.name),
        column=Chain(tuple(items)),
        tokens="Tokenized text",
        insets=(unpublished.panels(spec, model) if counted.unknown else _panels(spec, model, stack, counted, paths)),
        strip=strip(stack, alike=every_strip),
        footer=_footer(spec, model),
        description=_description(spec, model, stack, counted),
    )


def _panels(spec: Spec, model: Module, stack: Stack, counted: Facts, paths: dict[int, str]) -> tuple[Inset, ...]:
    """What is opened: boxes of the spine, and encoders beside it."""
    spine, beside = spine_options(model, stack, paths), encoders(model, paths)
    wanted = _wanted(spec, (*spine, *beside))
    return insets(spine, stack, counted, spec.context_length, wanted) + encoder_panels(beside, wanted)


def _note(side: Side) -> str:
    return side.body.notes[0] if side.direction == "in" and side.body.notes else ""


def _wanted(spec: Spec, options: Iterable[Option]) -> list[str] | None:
    """What the author wants to be opened; None for the choice of the program. Raises :class:`InputError`."""
    chosen = spec.insets
    if chosen is None:
        return None
    known = {name for option in options for name in names_of(option)}
    problems = [
        spec.problem(f"nothing that could be opened is called {name}", "insets", hint=nearest(name, known))
        for name in chosen or ()
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return list(chosen or ())


def kind_of(model: Module) -> str:
    """``Dense`` or ``Sparse MoE``, and ``hybrid`` where mixers other than attention take part."""
    sparse = any(leaf.part == "experts" for leaf in leaves(model.body))
    if not sparse and any(leaf.role == "unknown" for leaf in leaves(model.body)):
        return ""
    mixers = {part.role for _, part in walk(model.body) if isinstance(part, Module)}
    attention, other = mixers & {"attention", "sliding"}, mixers & {"linear", "convolution"}
    family = " hybrid" if attention and other else " recurrent" if other else ""
    return ("Sparse" if sparse else "Dense") + (family or (" MoE" if sparse else ""))


def _subtitle(spec: Spec, model: Module, counted: Facts) -> tuple[str, ...]:
    total, active = counted.total_parameters, counted.active_parameters
    size = parameters(total)
    if counted.unknown:
        size = unpublished.size(spec)
    elif active < total:
        active, words = headline(counted)
        size = f"{size} total, {parameters(active)} {words} ({share(active, total)})"
        if counted.encoders and parameters(counted.text_parameters) != parameters(total):
            size = f"{size}, {parameters(counted.text_parameters)} text"
    elif counted.text_parameters < total:
        size = f"{size}, all active ({parameters(counted.text_parameters)} text)"
    else:
        size = f"{size}, all active"
    who = ", ".join(filter(None, (spec.developer, str(spec.released or "")[:7])))
    # Where nothing is kept of each token, nothing bounds how many there may be.
    unbounded = "" if counted.cache or counted.unknown else "unbounded context"
    context = f"{spec.context_length:,} context" if spec.context_length else unbounded
    layers = f"{counted.layers} layers" if counted.layers else ""
    return tuple(filter(None, (size, layers, context, who, kind_of(model))))


def _footer(spec: Spec, model: Module) -> tuple[str, ...]:
    """The parts of the last line: where the facts are from, what is left out, whose the weights are."""
    sources = "; ".join(str(source) for source in _sources(spec))
    beside = [part.body.label for _, part in walk(model.body) if isinstance(part, Side) and not part.counted]
    left_out = f"counts without {', '.join(beside)}" if beside else ""
    mark = f"incomplete: {', '.join(spec.incomplete[:MOST_REASONS])}" if spec.incomplete else ""
    if len(spec.incomplete) > MOST_REASONS:
        mark += f" and {len(spec.incomplete) - MOST_REASONS} more"
    source = f"Source: {sources}" if sources else ""
    licence = f"weights: {spec.license}" if spec.license else ""
    return tuple(filter(None, ("; ".join(filter(None, (source, left_out))), mark, licence, "archdraw")))


def _sources(spec: Spec) -> list[str]:
    sources = spec.sources
    if not sources:
        return []
    return list(sources.values()) if isinstance(sources, dict) else list(sources)


def _description(spec: Spec, model: Module, stack: Stack, counted: Facts) -> str:
    """The picture in words, for those who hear it."""
    sentences = [
        f"{spec.name}: {', '.join(_subtitle(spec, model, counted))}.",
        f"From the input up: {', '.join(_spoken(model.body))}.",
    ]
    for slot in reversed(stack.slots):
        if len(slot.options) > 1:
            ways = "; ".join(
                f"{option.block.label} ({option.block.detail}) in {len(option.places)} layers"
                for option in slot.options
            )
            sentences.append(f"Layers differ: {ways}.")
    mixers = [option.block for slot in stack.slots for option in slot.options if len(slot.options) == 1]
    if spec.incomplete:
        sentences.insert(1, f"The picture is incomplete: {', '.join(spec.incomplete)}.")
    told = ", ".join(f"{block.label} ({block.detail})" if block.detail else block.label for block in mixers)
    if told:
        sentences.append(f"Each layer from its input: {told}.")
    return " ".join(sentences)


def _spoken(block: Block) -> list[str]:
    parts = block.parts if isinstance(block, Sequence) else (block,)
    names = []
    for part in parts:
        match part:
            case Leaf() | Module():
                names.append(part.label)
            case Side(body=body):
                names.append(f"beside: {body.label}")
            case _:
                names.extend(leaf.label for leaf in leaves(part))
    return names

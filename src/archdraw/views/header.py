"""The header of a plate: how large the model is, how many layers it has, where it is from and what kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archdraw.glossary import Detail, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import BLOCKS, LAYERS
from archdraw.glossary.numbers import tokens
from archdraw.spec import Spec
from archdraw.tree.blocks import Block, Experts, Graph, Module, Parallel, Residual, Sequence, Side
from archdraw.tree.convolving import only_convolves
from archdraw.tree.facts import Facts
from archdraw.tree.framing import ANY
from archdraw.tree.runs import number_of_layers
from archdraw.tree.walks import children, leaves, modules, passes, walk
from archdraw.views import unpublished
from archdraw.views.active import active_parameters, total_parameters
from archdraw.views.wording import gone_through, parameters, share


def kind_of(model: Module) -> str:
    """``Dense`` or ``Sparse MoE``, and ``hybrid`` where mixers other than attention take part.

    Empty for networks without any of these. Sparse is a model whose tokens leave some experts out, recurrent one whose
    mixers keep a state.
    """
    unknown = any(leaf.role == "unknown" for leaf in leaves(model.body))
    sparse = any(part.active < part.total for _, part in walk(model.body) if isinstance(part, Experts)) or (
        unknown and any(leaf.part == "experts" for leaf in leaves(model.body))
    )
    if not sparse and unknown:
        return ""
    inside = modules(model.body)
    attention = any(part.role in ("attention", "sliding") for part in inside)
    other = any(part.role in ("linear", "convolution") and _keeps_state(part) for part in inside)
    if not (sparse or attention or other):
        return ""
    family = " hybrid" if attention and other else " recurrent" if other else ""
    return ("Sparse" if sparse else "Dense") + (family or (" MoE" if sparse else ""))


def _keeps_state(module: Module) -> bool:
    return any(leaf.state for leaf in leaves(module.body))


def subtitle(spec: Spec, model: Module, counted: Facts) -> tuple[str, ...]:
    """The parts of the line below the name: size, layers, context, origin and kind."""
    # Where nothing is kept of each token but a state, or positions are computed, nothing limits how many there may be.
    context: Detail = words.NO_CONTEXT_LIMIT() if (counted.state and not counted.cache) or _placed(model) else ""
    if spec.context_length:
        length, short = spec.context_length, tokens(spec.context_length)
        context = words.CONTEXT_SHORT(length=length, short=short) if short else words.CONTEXT(length=length)
    size = unpublished.size(spec) if counted.unknown else text(size_of(spec, counted))
    return tuple(filter(None, (size, text(layers_of(model)), text(context), origin(spec), kind_of(model))))


def _placed(model: Module) -> bool:
    """Whether the positions of tokens are computed and added to them, for as many as there are."""
    return any(leaf.role == "position" and leaf.name == "positions" and not leaf.weights for leaf in leaves(model.body))


def layers_of(model: Module) -> Detail:
    """How many layers ``model`` has; in columns side by side, as an encoder and its decoder, each by its own number.

    Those of a convolutional network are blocks: its layers are the convolutions in them. Layers that a token goes
    through more than once are layers of a loop. Where the number of some is not disclosed, the others are not all.
    """
    disclosed = _disclosed(model)
    if disclosed and unpublished.has_layers(model):
        return words.AND_UNDISCLOSED(layers=disclosed)
    return disclosed


def _disclosed(model: Module) -> Detail:
    """How many layers ``model`` has beside those whose number is not disclosed."""
    numbers = tuple(filter(None, columns_of(model.body)))
    every = [part for part in modules(model.body) if part.level in ANY]
    blocks = bool(every) and all(map(only_convolves, every))
    gone = tuple(filter(None, columns_of(model.body, _passes)))
    if not numbers:
        return ""
    if len(numbers) > 1:
        several = (words.BLOCKS_OF_COLUMNS if blocks else words.LAYERS_OF_COLUMNS)(numbers=numbers)
        return several if gone == numbers else words.IN_PASSES(layers=several, passes=gone)
    one = (BLOCKS if blocks else LAYERS)(number=numbers[0])
    return one if gone == numbers else gone_through(one, [loops for _, loops in passes(model.body)])


def _passes(block: Block) -> int:
    """How many layers a token goes through in ``block``, those with the same weights each time."""
    return sum(loops for _, loops in passes(block))


def columns_of(block: Block, count: Callable[[Block], int] = number_of_layers) -> tuple[int, ...]:
    """The numbers of layers of the columns that ``block`` is drawn in, those of encoders it is made of first.

    ``count`` describes layers in a row.
    """
    match block:
        case Side(body=Module(level="encoder", body=body)):
            return columns_of(body, count)
        case Parallel() | Graph():
            return tuple(number for branch in children(block) for number in columns_of(branch, count))
        case Sequence(parts=parts):
            return _in_row(parts, count)
        case Module(level=level, body=body) if level != "layer":
            return columns_of(body, count)
        case Residual(body=body):
            return columns_of(body, count)
        case _:
            return (count(block),)


def _in_row(parts: Iterable[Block], count: Callable[[Block], int]) -> tuple[int, ...]:
    """Stacks after each other are one column; a module beside them, and columns side by side, have their own."""
    beside: list[int] = []
    column = 0
    for part in parts:
        numbers = tuple(filter(None, columns_of(part, count)))
        if isinstance(part, Side) or len(numbers) > 1:
            beside += numbers
        else:
            column += sum(numbers)
    return (*beside, column)


def origin(spec: Spec) -> str:
    """Who developed the model and when it was released, to the month; empty where the spec says neither."""
    return text(tuple(filter(None, (spec.developer or "", str(spec.released or "")[:7]))))


def size_of(spec: Spec, counted: Facts) -> Detail:
    """The parameters of a model as one quotes them."""
    total, excluded = total_parameters(counted, spec.published)
    text_part = counted.text_parameters - (counted.total_parameters - total)
    if counted.input_shapes:
        text_part = total  # a model that reads images has no text part beside its encoders
    has_encoders = parameters(text_part) != parameters(total)
    published = spec.published is not None and spec.published.active_parameters is not None
    if counted.active_parameters < counted.total_parameters or published:
        active = active_parameters(counted, spec.published)
        of_all = share(active.count, active.whole)
        if active.excluded:
            said = words.AT_MOST_ACTIVE_OF_EXCLUDING if active.at_most else words.ACTIVE_OF_EXCLUDING
            part = said(count=active.count, share=of_all, parts=active.excluded)
        else:
            said = words.AT_MOST_ACTIVE_OF if active.at_most else words.ACTIVE_OF
            part = said(count=active.count, share=of_all)
        whole = words.TOTAL_EXCLUDING(total=total, parts=excluded) if excluded else words.TOTAL(total=total)
        return (whole, part, words.TEXT(count=text_part) if has_encoders else "")
    if parameters(counted.trained_parameters) != parameters(total):
        return words.TRAINED_OF(count=counted.trained_parameters, total=total)
    return words.SIZE_TEXT(count=total, text=text_part) if text_part < total else words.SIZE(count=total)

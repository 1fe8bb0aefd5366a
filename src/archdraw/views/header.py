"""The header of a plate: how large the model is, how many layers it has, where it is from and what kind it is."""

from __future__ import annotations

from archdraw.glossary import Detail, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS
from archdraw.glossary.numbers import tokens
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.tree.facts import Facts
from archdraw.tree.walks import leaves, walk
from archdraw.views import unpublished
from archdraw.views.active import active_parameters
from archdraw.views.wording import parameters, share


def kind_of(model: Module) -> str:
    """``Dense`` or ``Sparse MoE``, and ``hybrid`` where mixers other than attention take part."""
    sparse = any(leaf.part == "experts" for leaf in leaves(model.body))
    if not sparse and any(leaf.role == "unknown" for leaf in leaves(model.body)):
        return ""
    mixers = {part.role for _, part in walk(model.body) if isinstance(part, Module)}
    attention, other = mixers & {"attention", "sliding"}, mixers & {"linear", "convolution"}
    family = " hybrid" if attention and other else " recurrent" if other else ""
    return ("Sparse" if sparse else "Dense") + (family or (" MoE" if sparse else ""))


def subtitle(spec: Spec, model: Module, counted: Facts) -> tuple[str, ...]:
    """The parts of the line below the name: size, layers, context, origin and kind."""
    # Where nothing is kept of each token, nothing limits how many there may be.
    context: Detail = "" if counted.cache or counted.unknown else words.NO_CONTEXT_LIMIT()
    if spec.context_length:
        length, short = spec.context_length, tokens(spec.context_length)
        context = words.CONTEXT_SHORT(length=length, short=short) if short else words.CONTEXT(length=length)
    layers = LAYERS(number=counted.layers) if counted.layers else ""
    size = unpublished.size(spec) if counted.unknown else text(size_of(spec, counted))
    return tuple(filter(None, (size, text(layers), text(context), origin(spec), kind_of(model))))


def origin(spec: Spec) -> str:
    """Who developed the model and when it was released, to the month; empty where the spec says neither."""
    return text(tuple(filter(None, (spec.developer or "", str(spec.released or "")[:7]))))


def size_of(spec: Spec, counted: Facts) -> Detail:
    """The parameters of a model as one quotes them."""
    total, text_part = counted.total_parameters, counted.text_parameters
    has_encoders = parameters(text_part) != parameters(total)
    if counted.active_parameters < total:
        active = active_parameters(counted, spec.published)
        of_all = share(active.count, total)
        part = (
            words.ACTIVE_OF_EXCLUDING(count=active.count, share=of_all, parts=active.excluded)
            if active.excluded
            else words.ACTIVE_OF(count=active.count, share=of_all)
        )
        return (words.TOTAL(total=total), part, words.TEXT(count=text_part) if has_encoders else "")
    return words.SIZE_TEXT(count=total, text=text_part) if text_part < total else words.SIZE(count=total)

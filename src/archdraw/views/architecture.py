"""One model's architecture: what its plate shows, of which card, strip and inset are parts."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace

from archdraw.cells import Strip
from archdraw.errors import InputError, nearest
from archdraw.glossary import Phrase, text
from archdraw.glossary import plate as words
from archdraw.picture import Inset, Plate
from archdraw.setters import setter
from archdraw.spec import Spec
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.facts import Facts, facts
from archdraw.tree.framing import ANY
from archdraw.tree.published import fits, in_words
from archdraw.tree.walks import layers, sides, walk
from archdraw.views import unpublished
from archdraw.views.active import active_parameters, left_out_as_published
from archdraw.views.alike import shape_of
from archdraw.views.boxes import bars
from archdraw.views.columns import Columns, columns
from archdraw.views.developers import accent_index
from archdraw.views.drawn import paths_of_plate, undrawn
from archdraw.views.encoders import encoder_panels, encoders, notes_of
from archdraw.views.full_attention import named_by_masks
from archdraw.views.header import subtitle
from archdraw.views.insets import insets, names_of
from archdraw.views.opening import called, further_panels, openable_modules
from archdraw.views.spoken import description
from archdraw.views.stack import Option, Stack
from archdraw.views.strip import strip

MOST_REASONS = 2
"""How many of the things that a spec lacks its footer names."""


FEW = 8
"""Pictures that are kept: those of the models that are compared."""
_last: deque[tuple[Spec, Module, tuple[object, ...], Plate]] = deque(maxlen=FEW)


def picture(
    spec: Spec,
    model: Module,
    *,
    every_strip: bool = False,
    towers: bool = True,
    brief: bool = False,
    whole: bool = False,
) -> Plate:
    """The plate of ``model``, before anything has a place.

    With ``every_strip`` it has a strip of layers that are alike too; without ``towers`` it is a single column; where it
    is to be ``brief``, layers are boxes; where it is to be ``whole``, each stack is one frame, however high. The last
    few are kept: all views and themes of a model are of one picture.
    """
    asked = setter(), every_strip, towers, brief, whole
    for one, block, how, plate in tuple(_last):
        if one is spec and block is model and how == asked:
            return plate
    plate = _picture(spec, model, every_strip=every_strip, towers=towers, brief=brief, whole=whole)
    _last.append((spec, model, asked, plate))
    return plate


def _picture(spec: Spec, model: Module, *, every_strip: bool, towers: bool, brief: bool, whole: bool) -> Plate:
    # A comparison, which has no towers, names attention by its kind: beside another model its mask may be no other.
    model = named_by_masks(model) if towers else model
    counted = facts(model)
    below_name = subtitle(spec, model, counted)
    drawn = columns(model, towers=towers, brief=brief, whole=whole)
    plate = Plate(
        name=spec.name,
        subtitle=below_name,
        accent=accent_index(spec.developer or spec.name),
        column=drawn.column,
        inputs=drawn.inputs,
        towers=drawn.towers,
        wires=drawn.wires,
        insets=unpublished.panels(spec, model) if counted.unknown else _panels(spec, model, drawn, counted, brief),
        strip=None if drawn.forked else _layer_map(model, drawn.stack, alike=every_strip),
        footer=_footer(spec, model, counted),
        description=description(spec, model, drawn.stack.all, below_name),
        lacking=(text(words.NOT_OPENED()), text(words.FEWER_NOTES()), text(words.CLOSED()), text(words.BOXES())),
    )
    if spec.figure is not None:
        from archdraw.views.figure import figured

        plate = figured(plate, spec, model, brief=brief)
    missing = undrawn(model, paths_of_plate(plate))
    if not missing:
        return plate
    names = tuple(dict.fromkeys(text(block.label) for _, block in missing))
    footer = (*plate.footer[:-1], text(words.NOT_DRAWN(blocks=names)), *plate.footer[-1:])
    return replace(plate, footer=footer, undrawn=tuple(path for path, _ in missing))


def _decodes(model: Module) -> bool:
    """Whether the layers of ``model`` are a decoder, beside whose encoder they stand."""
    return any(part.body.level == "encoder" for part in sides(model.body))


def _layer_map(model: Module, stack: Stack, *, alike: bool) -> Strip | None:
    """The map of the layers of ``model``: those of ``stack``, and of an encoder beside them that has the same order.

    None where the number of some is not disclosed: it would say that there are no others.
    """
    if unpublished.has_layers(model):
        return None
    found = strip(stack, alike=alike, decodes=_decodes(model))
    beside = [part.body for part in sides(model.body) if part.body.level == "encoder"]
    if found is None or len(beside) != 1:
        return found
    own, other = strip(stack, alike=alike), strip(Stack(layers(beside[0].body, ANY), (), ()))
    if own is None or other is None or own.caption != other.caption:
        return found
    same = [replace(cell, title="") for cell in own.cells] == [replace(cell, title="") for cell in other.cells]
    return replace(found, caption=text(words.OF_BOTH(order=own.caption))) if same else found


def _panels(spec: Spec, model: Module, drawn: Columns, counted: Facts, brief: bool) -> tuple[Inset, ...]:
    """What is opened: boxes of the columns, and modules beside them."""
    beside = encoders(model, frozenset(tower.path for tower in drawn.towers))
    boxed = (*drawn.options, *beside, *drawn.opened)
    wanted = _wanted(spec, model, boxed)
    if brief and wanted is not None:
        # What a column has as boxes that has frames of them else is opened, whatever else an author wants to be.
        wanted += [option.path for option in drawn.around if "/" not in option.path]
    active = active_parameters(counted, spec.published)
    precision = spec.published.precision if spec.published is not None else None
    own = insets(
        drawn.options, drawn.stack, counted, spec.context_length, wanted, active, model, spec.vocab_size, precision
    )
    own = _named_by_column(own, drawn, model, decodes=_decodes(model))
    there = own + encoder_panels(beside, wanted) + notes_of(drawn.opened)
    folded = {bar.path for bar in bars(drawn.column)}
    return there + further_panels(wanted or (), spec, model, there, frozenset(option.path for option in boxed), folded)


def _named_by_column(panels: tuple[Inset, ...], drawn: Columns, model: Module, *, decodes: bool) -> tuple[Inset, ...]:
    """``panels``; of those with one title each says which column it is from, a tower or the model that reads it.

    One that opens a box of the model says of which tower it opens an equal one, too. In columns without a tower one
    says what the layers of its column are called, where a box of another column has the same name.
    """
    titles = Counter(panel.title for panel in panels)
    blocks = {option.path: option.block for option in drawn.options}
    of_layers = {} if decodes or drawn.opened or not drawn.forked else _of_layers(blocks, model)

    def named(panel: Inset) -> Inset:
        if panel.source in of_layers:
            return replace(panel, title=text(words.PANEL_OF(column=of_layers[panel.source], panel=panel.title)))
        towers = (option.block.label for option in drawn.opened if panel.source.startswith(f"{option.path}/"))
        column = next(towers, words.DECODER() if decodes else "")
        if titles[panel.title] == 1 and panel.source in blocks:
            equal = [option.path for option in drawn.beside if _inside_alike(option.block, blocks[panel.source])]
            both = [one.block.label for one in drawn.opened if any(path.startswith(f"{one.path}/") for path in equal)]
            if both and not panel.source.startswith(tuple(f"{one.path}/" for one in drawn.opened)):
                return replace(panel, title=text(words.PANEL_OF_BOTH(column=both[0], panel=panel.title)))
        if titles[panel.title] == 1 or not panel.source or not column:
            return panel
        return replace(panel, title=text(words.PANEL_OF(column=column, panel=panel.title)))

    return tuple(map(named, panels))


def _of_layers(blocks: Mapping[str, Leaf | Module], model: Module) -> dict[str, str]:
    """By the path of a block the name of the layers it is in, where layers of another name have one called alike."""
    layers = [
        (path, text(part.label)) for path, part in walk(model.body) if isinstance(part, Module) and part.level in ANY
    ]
    within = {block: name for block in blocks for path, name in layers if block.startswith(f"{path}/")}
    called = {block: text(blocks[block].label) for block in within}
    return {
        block: name
        for block, name in within.items()
        if any(called[other] == called[block] and within[other] != name for other in within)
    }


def _inside_alike(one: Leaf | Module, other: Leaf | Module) -> bool:
    """Whether one panel opens both: of one name, with the same weights inside."""
    if not isinstance(one, Module) or not isinstance(other, Module):
        return False
    return one.label == other.label and shape_of(one) == shape_of(other)


def _wanted(spec: Spec, model: Module, boxed: tuple[Option, ...]) -> list[str] | None:
    """What the author wants to be opened: of the boxes of the columns their paths, of all else the names.

    None for the choice of the program. Raises :class:`InputError` for a name that nothing has.
    """
    chosen = spec.insets
    if chosen is None:
        return None
    every = (*boxed, *openable_modules(model))
    found = {name: called(name, every, spec) for name in chosen or ()}
    known = {*spec.define, *(name for option in every for name in names_of(option))}
    problems = [
        spec.problem(f"nothing that could be opened is called {name}", "insets", hint=nearest(name, known))
        for name, options in found.items()
        if not options
    ]
    if problems:
        raise InputError(problems)
    return [name for chosen, options in found.items() for name in (chosen, *(option.path for option in options))]


def _footer(spec: Spec, model: Module, counted: Facts) -> tuple[str, ...]:
    """The parts of the last line: where the facts are from, what is left out, how it is counted, the license."""
    sources = sources_of(spec)
    source = text(words.SOURCES(sources=sources)) if sources else ""
    license = text(words.LICENSE(license=spec.license)) if spec.license else ""
    where = "; ".join(filter(None, (source, left_out(model))))
    active = left_out_as_published(counted, spec.published)
    return tuple(filter(None, (where, active, _differing(spec, counted), lacking(spec), license, "archdraw")))


def lacking(spec: Spec) -> str:
    """What of the model ``spec`` does not hold, the first reasons of it; empty where it is complete."""
    reasons: tuple[str | Phrase, ...] = tuple(spec.incomplete[:MOST_REASONS])
    if len(spec.incomplete) > MOST_REASONS:
        reasons = (*reasons, words.MORE_REASONS(number=len(spec.incomplete) - MOST_REASONS))
    return text(words.INCOMPLETE(reasons=reasons)) if reasons else ""


def _differing(spec: Spec, counted: Facts) -> str:
    """Which published figures are not the count of the blocks, and why; empty where the spec gives no reason."""
    published = spec.published
    if published is None or not published.differs:
        return ""
    said = [
        term(figure=figure if "bytes" in field else in_words(figure))
        for field, term in words.PUBLISHED_FIGURES.items()
        if (figure := getattr(published, field)) is not None
        and not fits(counted, field, spec.written("published", field) or str(figure))
    ]
    return text(words.PUBLISHED_DIFFER(figures=tuple(said), why=published.differs)) if said else ""


def sources_of(spec: Spec) -> str:
    """Where the facts of ``spec`` are from; empty where it names no source."""
    sources = spec.sources
    return "; ".join(sources.values() if isinstance(sources, dict) else sources)


def left_out(model: Module) -> str:
    """Which modules are not in the total of ``model``; empty where all are."""
    uncounted = tuple(part.body.label for part in sides(model.body) if not part.counted)
    return text(words.NOT_IN_TOTAL(modules=uncounted)) if uncounted else ""

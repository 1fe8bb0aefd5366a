"""Bars in place of frames of layers: what they say of how many layers there are, and of those that read a tower."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.glossary import layers, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS
from archdraw.glossary.encoders import CROSS_ATTENTION
from archdraw.layout.diagram.forks import has_frame
from archdraw.parts import parts
from archdraw.picture import Bar, Box, Choice, Diagram, Frame, Tap
from archdraw.views.wording import is_of_all, several, within


def number_in(frame: Frame) -> int:
    """How many layers are in ``frame``, those of a loop once; 0 where that is not known."""
    return frame.number or _times(frame)


def bar(frame: Frame, *, is_largest: bool) -> Bar:
    """A bar in place of ``frame``, one of several unless it ``is_largest``: its layers, and what reads a tower."""
    label = _label(frame, is_largest=is_largest)
    # A tower's output is read by cross-attention, other lines by what they are added to.
    wired = sorted(_wired(frame), key=lambda found: not found[0].label.startswith(text(CROSS_ATTENTION())))
    if wired:
        box, number = wired[0]
        what = box.label.lower()
        is_in_all = number in (0, number_in(frame))
        reads = words.THAT_READS if is_in_all else words.THAT_READS_IN
        label = text(reads(name=label, what=what, **({} if is_in_all else {"number": number})))
    return Bar(label, "", frame.path, frame.title)


def beside_layers(frame: Frame) -> tuple[str, ...]:
    """The names of the modules beside the line of a ``frame`` around layers, as the exit gate of a loop is."""
    items = parts(frame.body)
    return tuple(within(item.box.label) for item in items if isinstance(item, Tap)) if has_frame(frame.body) else ()


def _label(frame: Frame, *, is_largest: bool) -> str:
    """The name and the number of the layers of ``frame``."""
    number, times = number_in(frame), _times(frame)
    is_part = number > 0 and ": " in frame.caption
    name = frame.short or (frame.caption.partition(": ")[0] if is_part else frame.caption)
    if "," in name:
        # Of layers of several names one does not say that so many come of each.
        name = ""
    if name and number > 1 and (is_part or not times):
        return text(words.WITH_LAYERS(name=name, number=number))
    is_repeat = _is_loop(frame) or (times > 0 and not name and number != times)
    if is_repeat and number > 1:
        return f"{frame.times} {text(LAYERS(number=number))}"
    if times and is_of_all(name):
        return several(name, times)
    return f"{frame.times} {name or text(layers.LAYER() if is_largest else layers.LAYERS())}".strip()


def _times(frame: Frame) -> int:
    return int("".join(filter(str.isdigit, frame.times)) or 0)


def _is_loop(frame: Frame) -> bool:
    return frame.times == text(words.LOOPED(times=_times(frame)))


def _wired(item: Diagram, number: int = 0) -> Iterator[tuple[Box, int]]:
    """Each box of ``item`` that a line from a tower reaches, and in how many layers it is; 0 for all."""
    match item:
        case Choice(options=options, layers=numbers):
            for option, own in zip(options, numbers or (number,) * len(options), strict=True):
                yield from _wired(option, own)
        case Box(wired=True, layers=own):
            yield item, len(own) or number
        case _:
            for part in parts(item):
                yield from _wired(part, number)

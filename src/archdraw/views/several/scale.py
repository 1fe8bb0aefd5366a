"""Parameters, active shares, KV caches and shapes of models: on axes, or as bars to scale."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from archdraw.errors import ArchdrawError
from archdraw.layout.charts import bars, scatter
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.tree.amounts import at_least_one
from archdraw.tree.facts import Facts
from archdraw.views.header import kind_of
from archdraw.views.several import Several, Subject, _scale_bars, _scale_points
from archdraw.views.several._sizes import Across, Counted, Named, Scale, Shown, Sized, Sort, Upwards

VIEW_HELP = "Points on two axes, or bars of parameters to scale."


def about(one: Subject) -> Counted:
    """``one`` with its counts."""
    spec = one.spec
    return Counted(
        one.slug,
        spec.name,
        spec.developer or "",
        str(spec.released or ""),
        one.released,
        kind_of(one.block),
        one.facts,
        spec.context_length,
        spec.hidden_size,
        one.link,
    )


def gather(
    models: Sequence[Counted],
    *,
    x: Annotated[Across, "X axis (log, except dates)."] = "date",
    y: Annotated[Upwards, "Y axis (log)."] = "total",
    context: Annotated[
        int, "Context of the KV cache, such as 32k; or that of the model if shorter.", "tokens"
    ] = 131072,
    copies: Annotated[bool, "Show models with the same counts as an older one."] = False,
    view: Annotated[Shown, VIEW_HELP] = "points",
) -> Scale:
    """The sizes of ``models``, and which are left out.

    Raises :class:`ArchdrawError` for a ``context`` below 1 and where no model is left.
    """
    at_least_one("context", context)
    shown: list[Sized] = []
    same: dict[str, str] = {}
    out: dict[str, list[str]] = {}
    first: dict[Hashable, Counted] = {}
    # The older one is the original; what is not dated comes last.
    for one in sorted(models, key=lambda one: (one.day or date.max, one.name, one.slug)):
        counted = one.facts
        reason = "structure not disclosed" if counted.unknown else ""
        model = None if reason else _sized(one, context)
        if model and view == "points":
            reason = _no_place(model, counted, x, y)
        if reason or model is None:
            out.setdefault(reason, []).append(one.name)
            continue
        identity = (model.kind, *_identity(counted))
        original = first.setdefault(identity, one)
        if original is not one and not copies:
            same[one.slug] = original.slug
        else:
            shown.append(model)
    if not shown:
        reasons = "; ".join(f"{reason}: {', '.join(names)}" for reason, names in out.items())
        raise ArchdrawError(f"there is no model to show; {reasons}" if reasons else "there is no model to show")
    return Scale(x, y, context, tuple(shown), same, {reason: tuple(names) for reason, names in out.items()})


def _sized(one: Counted, context: int) -> Sized:
    counted = one.facts
    kept = min(context, one.context_length or context)
    return Sized(
        one.slug,
        one.name,
        one.developer,
        one.released,
        one.day,
        one.kind,
        counted.total_parameters,
        counted.active_parameters,
        counted.inactive,
        counted.parts.get("embedding", 0) + counted.parts.get("head", 0),
        one.context_length,
        kept,
        counted.kv_cache_bytes(kept),
        counted.layers,
        one.hidden_size,
        one.link,
    )


def _no_place(model: Sized, counted: Facts, x: Across, y: Upwards) -> str:
    """Why a model has no place on the axes; empty where it has one."""
    if x == "date" and model.day is None:
        return "no release date"
    if x == "context" and model.context_length is None:
        return "no fixed context limit"
    if y == "active-share" and model.active >= model.total:
        return "dense: all parameters are active"
    if x == "width" and not model.hidden_size:
        return "no one width"
    if y == "layers" and not model.layers:
        return "no layers"
    if y == "kv-cache" and not model.kv_cache:
        return "recurrent state only" if counted.state else "no KV cache: bidirectional attention"
    if not model.total or not model.active:
        return "no parameters"
    return ""


def _identity(counted: Facts) -> Iterator[Hashable]:
    """What two models have in common where one is a copy of the other."""
    yield frozenset(counted.parts.items())
    yield counted.inactive
    yield frozenset(counted.cache.items())
    yield counted.state
    yield frozenset(counted.state_in.items())
    yield counted.layers


def draw(
    value: Scale,
    theme: Theme,
    *,
    view: Annotated[Shown, VIEW_HELP] = "points",
    sort: Annotated[Sort, "Order of the bars."] = "size",
    labels: Annotated[Named, "Name all points, or those at the rim."] = "all",
) -> Scene:
    """The picture of ``value``."""
    if view == "bars":
        return bars.draw(_scale_bars.picture(value, sort), theme)
    return scatter.draw(_scale_points.picture(value, labels), theme)


def data(value: Scale) -> dict[str, Any]:
    """``value`` for JSON: bytes of the cache are those of bf16."""
    models = []
    for model in value.models:
        row = asdict(model)
        del row["day"]
        row["released"] = row["released"] or None
        row["kv_cache_bytes"] = row.pop("kv_cache")
        models.append(row)
    return {
        "x": value.x,
        "y": value.y,
        "context": value.context,
        "models": models,
        "copies": dict(value.copies),
        "left_out": {reason: list(names) for reason, names in value.left_out.items()},
    }


VIEW = Several(
    summary="Plot total against active size.",
    about=about,
    gather=gather,
    draw=draw,
    data=data,
    examples="\n".join(
        (
            "archdraw scale -o scale.svg",
            "archdraw scale --x active -o active.svg",
            "archdraw scale --y kv-cache --context 32k -o cache.svg",
            "archdraw scale --x width --y layers --labels few -o shape.svg",
            "archdraw scale --view bars --sort date -o bars.svg",
            "archdraw scale qwen3-8b qwen3-32b qwen3-235b-a22b --json",
        )
    ),
)

"""Things of a slide that appear by clicks: the effect "appear" of PowerPoint, which has no direction and no time.

Its markup is that of ISO/IEC 29500, part 1, section 19.5: a click is a paragraph of time; in it the first thing of a
step appears by the click, and all others with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

APPEAR = "1"
"""The number of the effect."""


def timing(steps: Sequence[Sequence[int]]) -> str:
    """The markup for shapes, by their numbers, that appear in ``steps``, a click each; empty for none."""
    ids = count(3)
    clicks = "".join(_click(numbers, ids) for numbers in steps if numbers)
    if not clicks:
        return ""
    return (
        '<p:timing><p:tnLst><p:par><p:cTn id="1" dur="indefinite" restart="never" nodeType="tmRoot"><p:childTnLst>'
        '<p:seq concurrent="1" nextAc="seek"><p:cTn id="2" dur="indefinite" nodeType="mainSeq"><p:childTnLst>'
        f"{clicks}</p:childTnLst></p:cTn>"
        '<p:prevCondLst><p:cond evt="onPrev" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:prevCondLst>'
        '<p:nextCondLst><p:cond evt="onNext" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:nextCondLst>'
        "</p:seq></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>"
    )


def _click(numbers: Sequence[int], ids: count[int]) -> str:
    outer, inner = next(ids), next(ids)
    effects = "".join(_appear(number, next(ids), next(ids), first=not place) for place, number in enumerate(numbers))
    return (
        f'<p:par><p:cTn id="{outer}" fill="hold"><p:stCondLst><p:cond delay="indefinite"/></p:stCondLst><p:childTnLst>'
        f'<p:par><p:cTn id="{inner}" fill="hold"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst>'
        f"{effects}</p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par>"
    )


def _appear(number: int, effect: int, setting: int, *, first: bool) -> str:
    begins = "clickEffect" if first else "withEffect"
    return (
        f'<p:par><p:cTn id="{effect}" presetID="{APPEAR}" presetClass="entr" presetSubtype="0" fill="hold" '
        f'nodeType="{begins}"><p:stCondLst><p:cond delay="0"/></p:stCondLst>'
        f'<p:childTnLst><p:set><p:cBhvr><p:cTn id="{setting}" dur="1" fill="hold"><p:stCondLst><p:cond delay="0"/>'
        f'</p:stCondLst></p:cTn><p:tgtEl><p:spTgt spid="{number}"/></p:tgtEl><p:attrNameLst>'
        "<p:attrName>style.visibility</p:attrName></p:attrNameLst></p:cBhvr>"
        '<p:to><p:strVal val="visible"/></p:to></p:set></p:childTnLst></p:cTn></p:par>'
    )

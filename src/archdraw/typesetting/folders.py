"""Which fonts this computer has, and in which order they are asked for a letter. Opens none of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDERS: tuple[Path, ...] = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
"""Where fonts lie on Linux, macOS and Windows."""
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
PREFERRED = ("notosans", "sourcehansans", "dejavusans", "noto", "sourcehan", "dejavu")
"""Families that have many scripts and go with Inter, the best first."""
ODD = re.compile("italic|oblique|condensed|narrow|display|color", re.IGNORECASE)
"""In the names of files whose letters would stand out."""
UNLIKE = re.compile("serif|mono|kufi|nastaliq|rashi|looped|unjoined|naskh", re.IGNORECASE)
OTHER_WEIGHT = re.compile("thin|light|medium|semi|demi|black|heavy|extra|ultra", re.IGNORECASE)
BOLD = re.compile("bold", re.IGNORECASE)
HEAVY = 600
"""From this weight on a bold file is asked first."""
REGION = re.compile(r"(?:cjk|sans|serif)(sc|tc|hk|jp|kr|cn|tw)(?![a-z])", re.IGNORECASE)
"""In the name of a file with Chinese characters as one country writes them."""


def files_in(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The font files in ``folders`` and those below, each once, in the order of the folders and then of names."""
    return tuple(dict.fromkeys(file for folder in folders for file in sorted(_files(folder.expanduser()))))


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent) / name for name in names if name.lower().endswith(SUFFIXES))


def ranked(files: Sequence[Path], weight: int, region: str) -> list[Path]:
    """``files`` with the best for ``weight`` first: upright, of a preferred family, with the forms of ``region``.
    Large Chinese ones come late where it is empty.

    Of files of one name the first stays first.
    """

    def rank(file: Path) -> tuple[bool, bool, int, bool, bool, int, str]:
        name = re.sub(r"[\s_]", "", file.stem)
        family = name.lower()
        place = next((place for place, start in enumerate(PREFERRED) if family.startswith(start)), len(PREFERRED))
        theirs = REGION.search(name)
        return (
            ODD.search(name) is not None,
            "cjk" in family if not region else theirs is not None and theirs[1].upper() != region,
            place + len(PREFERRED) * (UNLIKE.search(name) is not None),
            OTHER_WEIGHT.search(name) is not None,
            (BOLD.search(name) is not None) != (weight >= HEAVY),
            len(name),
            name,
        )

    return sorted(files, key=rank)

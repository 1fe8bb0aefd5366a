"""Where the specs and themes are that come with the program, and the name that it is installed by."""

from __future__ import annotations

from pathlib import Path

DISTRIBUTION = "archdraw-nn"
"""The name on the package index. ``archdraw`` there is another project; import and command are ``archdraw``."""

_PACKAGE = Path(__file__).parent


def install_command(extra: str) -> str:
    """The shell command that installs the program with its optional dependencies ``extra``.

    >>> install_command("hub")
    'pip install "archdraw-nn[hub]"'
    """
    return f'pip install "{DISTRIBUTION}[{extra}]"'


def _folder(name: str) -> Path:
    """The folder ``name`` inside an installed package, or at the root of a checkout."""
    installed = _PACKAGE / name
    checkout = _PACKAGE.parent.parent / name
    # An editable install has both a package and a checkout: the package then holds no such folder.
    return installed if installed.is_dir() or not checkout.is_dir() else checkout


def specs_folder() -> Path:
    """The folder of the model specs that come with the program."""
    return _folder("specs")


def themes_folder() -> Path:
    """The folder of the themes that come with the program."""
    return _folder("themes")


def profiles_folder() -> Path:
    """The folder of the page profiles that come with the program."""
    return _PACKAGE / "profiles"


def starters_folder() -> Path:
    """The folder of the specs that an author begins with, one for each kind of model."""
    return _PACKAGE / "starters"


def shipped_spec(name: str | Path) -> Path | None:
    """The spec that comes with the program under ``name`` (``llama-3-8b``); None where ``name`` is a file's or unknown.

    A file or folder of that name in the working folder comes first.
    """
    word = str(name)
    if not word or Path(word).name != word or Path(word).exists():
        return None
    found = specs_folder() / f"{word}.yaml"
    return found if found.is_file() else None

"""``pytest --accept`` writes transcripts again instead of comparing with them; look at the difference it makes."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

# A gate must give the same answer twice: there the examples are fixed. Everywhere else they are new each time and look
# for what nobody thought of. No deadline, since a slow machine is no fault.
settings.register_profile("search", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "search")

# A worker holds the models and pictures of many tests: to look through them for circles at every turn takes a tenth of
# the time and finds little.
gc.set_threshold(100_000, 20, 20)

# A shell makes what it runs in the background deaf to interrupts, and so would be the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected texts with what is made now")


@pytest.fixture(autouse=True, scope="session")
def no_fonts_of_this_computer() -> Iterator[None]:
    """What a test draws is the same on every computer; a test of other fonts brings its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archdraw.typesetting.folders.FOLDERS", ())
        yield


@pytest.fixture(autouse=True, scope="session")
def no_cache_of_this_user() -> Iterator[None]:
    """What a test draws is drawn by what it tests; a test of the cache brings its own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHDRAW_CACHE_DIR", "")
        yield


@pytest.fixture(autouse=True, scope="session")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Programs that tests start read what the first of them has compiled, also where Python may not write beside it."""
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with the one kept in a file; with ``--accept`` keeps it."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--accept"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.exists(), f"{file} is missing; pytest --accept makes it"
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Folders that are filled once for all workers of a run, by the first that asks; tests only read them."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        whole, part = root / f"shared-{name}", root / f"shared-{name}.part"
        with FileLock(root / f"shared-{name}.lock"):
            if not whole.exists():
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
                make(part)
                part.rename(whole)
        return whole

    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, started once for all tests of a worker that use it; see ``live.opened``."""
    from live import chromium

    with chromium() as browser:
        yield browser

"""`archdraw watch` without a browser: who is answered, what is refused, which files count, and how it ends."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from archdraw.watch.changes import changes, is_editors, models_of
from archdraw.watch.drawing import Drawing, Look
from archdraw.watch.hub import Hub, Line
from archdraw.watch.watching import cursor_place
from watching import SMALL, Watch, watched

LOOK = Look("light", "")


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    folder = tmp_path_factory.mktemp("watch")
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(SMALL)
    with watched(folder) as running:
        yield running


def code(watch: Watch, method: str, path: str, **headers: str) -> int:
    """What is answered to a request with exactly these ``headers``."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(watch.address).port or 0, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/watch.js", "/options", "/events?theme=light", "/cursor?line=1&file=one"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "OWN", "Origin": "http://evil.example"},
        {"Host": "OWN", "Origin": "null"},
        {"Host": "OWN", "Origin": "https://OWN"},
        {"Host": "OWN", "Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_sites_are_refused(watch: Watch, path: str, headers: dict[str, str]) -> None:
    own = urlsplit(watch.address).netloc
    sent = {name: value.replace("OWN", own) for name, value in headers.items()}
    assert code(watch, "POST" if "cursor" in path else "GET", path, **sent) == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_this_computer_is_answered(watch: Watch, name: str) -> None:
    own = f"{name}:{urlsplit(watch.address).port}"
    assert code(watch, "GET", "/", Host=own, Origin=f"http://{own}") == 200
    assert code(watch, "POST", "/cursor?line=1&file=one", Host=own) == 204


def test_it_is_not_on_the_network(watch: Watch) -> None:
    try:
        others = {str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        others = set()
    for address in others - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, urlsplit(watch.address).port or 0), timeout=10)


def test_scripts_styles_and_fonts_are_the_page_s_own(watch: Watch) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(watch.address).port or 0, timeout=30)
    connection.request("GET", "/")
    answer = connection.getresponse()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = answer.read().decode()
    assert "http" not in text.replace("<!doctype html>", "")
    connection.close()


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/one.yaml", "/events?theme=/etc/passwd", "/events?theme=light&view=../x.yaml"]
)
def test_no_other_file_is_given_away(watch: Watch, path: str) -> None:
    assert watch.ask(path[1:])[0] in (400, 404)


@pytest.mark.parametrize(
    "said",
    [
        *[{}, {"line": 0, "file": "one"}, {"line": "x", "file": "one"}, {"line": 3}, {"line": 3, "file": "three"}, [3]],
        *[{"line": float("inf"), "file": "one"}, {"line": 3, "file": "a\0b"}, {"line": 3, "file": "x" * 9000}],
    ],
)
def test_a_cursor_without_a_place_is_refused(watch: Watch, said: object) -> None:
    answer, text = watch.ask("cursor", said)
    assert (answer, "say the file" in text) == (400, True)


def test_what_is_too_long_is_refused_and_not_read_as_the_next_request(watch: Watch) -> None:
    own = urlsplit(watch.address).netloc
    inside = f"GET /options HTTP/1.1\r\nHost: {own}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(watch.address).port or 0), timeout=30) as line:
        head = f"POST /cursor HTTP/1.1\r\nHost: {own}\r\nContent-Length: 999999\r\n\r\n"
        line.sendall((head + inside).encode())
        line.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: line.recv(4096), b""))
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        *[(name, True) for name in ("model.yaml", "a b.yml", "config.json", "temp.yaml", "theme.part.yaml", "é.yaml")],
        *[(name, False) for name in ("model.yaml~", ".model.yaml.swp", ".model.yaml.swx", "4913", "#model.yaml#")],
        *[(name, False) for name in (".#model.yaml", "model.yaml.bak", "model.part", "model.yaml.tmp", ".x.yaml")],
        *[(name, False) for name in ("model.yaml___jb_tmp___", ".goutputstream-ABC", ".archdraw-1.part")],
        ("model.yaml.crswap", False),
    ],
)  # fmt: skip
def test_which_files_are_an_editor_s(name: str, ours: bool) -> None:
    assert is_editors(name) is not ours


def test_a_folder_s_models(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", ".a.yaml.swp", ".c.yaml", "a.yaml~", "gallery.yaml", "text.md"):
        (tmp_path / name).write_text("name: x\n")
    assert [file.name for file in models_of(tmp_path)] == ["a.yaml", "b.yaml"]
    assert models_of(tmp_path / "gone") == []


def test_only_files_of_the_author_are_changes(tmp_path: Path) -> None:
    end, heard = Event(), list[frozenset[str]]()
    ready, done = Event(), Event()

    def hear() -> None:
        for names in changes(lambda: [tmp_path], end):
            heard.append(names)
            ready.set()
            if "model.yaml" in names:
                done.set()

    listener = Thread(target=hear)
    listener.start()
    assert ready.wait(30)
    for _ in range(100):  # the first are saved before the folder is watched
        for name in ("4913", ".model.yaml.swp", "model.yaml~"):
            (tmp_path / name).write_text("x")
        (tmp_path / "model.yaml").write_text("x")
        if done.wait(0.3):
            break
    end.set()
    listener.join(30)
    assert {name for names in heard for name in names} == {"model.yaml"}


def test_a_picture_is_drawn_again_only_where_something_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    drawing = Drawing()
    first = drawing.shown(file, LOOK)
    assert drawing.shown(file, LOOK) is first
    file.write_text(f"{SMALL}# a comment\n")
    second = drawing.shown(file, LOOK)
    assert (second.number, second.svg) == (first.number, first.svg)
    file.write_text(SMALL.replace("swiglu", "swigloo"))
    third = drawing.shown(file, LOOK)
    assert (third.number, third.current, third.svg) == (first.number, False, first.svg)


def test_a_fault_of_the_program_is_said_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    drawing = Drawing()
    monkeypatch.setattr("archdraw.watch.drawing.svg", lambda *_: 1 / 0)
    shown = drawing.shown(file, LOOK)
    assert not shown.current
    assert "internal error of archdraw: ZeroDivisionError" in str(shown.problems[0])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("12", Line("small", 12)),
        ("12:5\n", Line("small", 12, 5)),
        ("small.yaml:12:5", None),
        ("FILE:12:5", Line("small", 12, 5)),
        ("FILE:12", Line("small", 12)),
        ("a\0b:12", None),
        ("", None),
        ("0", None),
        ("twelve", None),
    ],
)
def test_what_an_editor_writes_into_the_cursor_s_file(tmp_path: Path, text: str, place: Line | None) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    hub = Hub(lambda: [file], LOOK, is_single=True)
    assert cursor_place(hub, text.replace("FILE", str(file))) == place


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_without_a_word(tmp_path: Path, end: int) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    with watched(tmp_path / "small.yaml", end=end) as running:
        assert running.ask("")[0] == 200


def command(*words: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", *words], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


RUN = "from archdraw.cli import main; main({})"


def test_without_the_library_it_says_how_to_get_it() -> None:
    code, said = command(f"import sys; sys.modules['watchfiles'] = None; {RUN.format(['watch', 'llama-3-8b'])}")
    expected = 'archdraw: error: archdraw watch needs watchfiles: pip install "archdraw-nn[watch]"\n'
    assert (code, said) == (1, expected)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["watch", "gone.yaml"], 1, "gone.yaml:1:1: error: file not found"),
        (["watch", "llama-3-8.yaml"], 1, "hint: did you mean llama-3-8b"),
        (["watch", "llama-3-8"], 1, "no such model comes with archdraw\n  hint: did you mean llama-3-8b"),
        (["watch", "llama-3-8b", "--editor", "no-such-program {file}"], 2, "there is no program no-such-program"),
        (["watch", "llama-3-8b", "--theme", "sepia"], 2, "unknown theme 'sepia'"),
        (["watch", "llama-3-8b", "--port", "PORT"], 1, "--port 0 takes a free one"),
    ],
)
def test_wrong_words(words: list[str], code: int, message: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found, said = command(RUN.format([word.replace("PORT", port) for word in words]))
    assert found == code
    assert message in said
    assert "Traceback" not in said

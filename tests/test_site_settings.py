"""What a gallery says of itself, where it will be, and the gallery on this computer."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from archdraw.cli import run
from archdraw.site.settings import Settings, load_settings
from archdraw.site.web import ATOM, NEWEST, SITEMAP, History
from test_cli import SPEC

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
BASE = "https://lab.example/gallery"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two specs, one of them called like a page, with what the lab says of itself."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "tiny.yaml").write_text(SPEC + "released: 2024-05\nkey_points: ['a < b']\n", "utf-8")
    (folder / "index.yaml").write_text(SPEC.replace("Tiny", "Other & Co") + "released: 2023\n", "utf-8")
    (folder / "logo.svg").write_text(LOGO, "utf-8")
    (folder / "gallery.yaml").write_text(
        f"name: Lab <b>of</b> ours\nintro: We & you\nlogo: logo.svg\nhome: https://lab.example\nbase_url: {BASE}/\n"
    )
    return folder


def test_a_gallery_has_the_name_of_its_owner(lab: Path) -> None:
    assert run(["gallery", "lab", "--no-cache"]) == 0
    page = Path("out/index.html").read_text("utf-8")
    assert "<h1>Lab &lt;b&gt;of&lt;/b&gt; ours</h1>\n<p>We &amp; you</p>" in page
    assert '<a class="logo" href="https://lab.example" rel="noreferrer"><img src="logo.svg"' in page
    assert Path("out/logo.svg").read_text("utf-8") == LOGO
    # A model that is called like a page is not written over it.
    assert "Other &amp; Co" in Path("out/index-model.html").read_text("utf-8")
    assert not Path("out/gallery.html").exists()


def test_large_files_can_be_left_out(lab: Path) -> None:
    assert run(["gallery", "lab", "--no-cache", "--without", "png", "--without", "pdf"]) == 0
    there = {one.name for one in Path("out").iterdir()}
    # Pictures of models for social networks are another thing, which the address asks for.
    assert [one for one in there if one.endswith((".png", ".pdf")) and not one.endswith("-card.png")] == []
    assert {"tiny.svg", "tiny-dark.svg", "tiny-card.png"} <= there
    for page in Path("out").glob("*.html"):
        links = re.findall(r'(?:href|src)="([^"<:#]+)["#]', page.read_text("utf-8"))
        assert {*links} <= there, page
    assert run(["gallery", "lab", "--no-cache", "--without", "svg"]) == 2


@pytest.mark.parametrize("name", ["icon", "facts", "lesson", "Compare"])
def test_no_model_takes_the_name_of_a_file(lab: Path, name: str) -> None:
    (lab / f"{name}.yaml").write_text(SPEC, "utf-8")
    assert run(["gallery", f"lab/{name}.yaml", "--no-cache"]) == 0
    assert Path(f"out/{name}-model.html").is_file()
    assert {"icon.svg", "facts.json", "lesson.html", "compare.html"} <= {one.name for one in Path("out").iterdir()}
    assert Path("out/icon.svg").read_text("utf-8").count("<path") == 1


def test_with_an_address_there_is_what_the_web_needs(lab: Path) -> None:
    assert run(["gallery", "lab", "--no-cache"]) == 0
    pages = [one.text for one in ElementTree.parse("out/sitemap.xml").iter(f"{{{SITEMAP}}}loc")]
    assert {*pages} >= {f"{BASE}/index.html", f"{BASE}/tiny.html", f"{BASE}/index-model.html"}
    assert len(pages) == len([*Path("out").glob("*.html")])
    feed = ElementTree.parse("out/feed.xml").getroot()
    entries = feed.findall(f"{{{ATOM}}}entry")
    assert [one.findtext(f"{{{ATOM}}}title") for one in entries] == ["Tiny", "Other & Co"]
    assert [one.findtext(f"{{{ATOM}}}updated") for one in entries] == ["2024-05-01T00:00:00Z", "2023-01-01T00:00:00Z"]
    assert "a < b" in (entries[0].findtext(f"{{{ATOM}}}summary") or "")
    text = Path("out/tiny.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{BASE}/tiny.html">' in text
    assert f'<meta property="og:image" content="{BASE}/tiny-card.png">' in text
    with Image.open("out/tiny-card.png") as card:
        assert card.size == (1200, 675)
    assert f"Sitemap: {BASE}/sitemap.xml" in Path("out/robots.txt").read_text("utf-8")


def test_without_an_address_nothing_says_one(lab: Path) -> None:
    (lab / "gallery.yaml").write_text("name: Ours\n")
    assert run(["gallery", "lab", "--no-cache"]) == 0
    assert not {"sitemap.xml", "feed.xml", "robots.txt", "tiny-card.png"} & {one.name for one in Path("out").iterdir()}
    assert not re.search(r"canonical|og:|twitter:", Path("out/tiny.html").read_text("utf-8"))


def test_the_address_of_the_command_line_comes_first(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "lab", "--no-cache", "--base-url", "http://other.example"]) == 0
    assert "http://other.example/tiny.html" in Path("out/tiny.html").read_text("utf-8")
    assert run(["gallery", "lab", "--no-cache", "--base-url", "javascript:alert(1)"]) == 1
    assert "--base-url is an address that begins with https://" in capsys.readouterr().err


def test_all_that_is_wrong_with_settings_is_said_at_its_place(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "gallery.yaml").write_text("nam: Ours\nhome: javascript:alert(1)\nintro: 3\n")
    assert run(["gallery", "lab", "--no-cache"]) == 1
    said = capsys.readouterr().err
    assert "lab/gallery.yaml:1:6: error: a gallery has no nam" in said
    assert "did you mean name?" in said
    assert "lab/gallery.yaml:2:7: error: home is an address that begins with https://" in said
    assert "lab/gallery.yaml:3:8: error: intro is a text" in said
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("logo", "said"), [("none.svg", "there is no file lab/none.svg"), ("tiny.yaml", "tiny.yaml is no picture")]
)
def test_a_logo_is_a_picture_that_is_there(lab: Path, capsys: pytest.CaptureFixture[str], logo: str, said: str) -> None:
    (lab / "gallery.yaml").write_text(f"logo: {logo}\n")
    assert run(["gallery", "lab", "--no-cache"]) == 1
    assert f"lab/gallery.yaml:1:7: error: {said}" in capsys.readouterr().err


def test_settings_may_be_in_another_file(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.yaml").write_text("name: Elsewhere\n")
    assert run(["gallery", "lab", "--no-cache", "--site", "own.yaml"]) == 0
    assert "<h1>Elsewhere</h1>" in Path("out/index.html").read_text("utf-8")
    assert run(["gallery", "lab", "--no-cache", "--site", "missing.yaml"]) == 1
    assert "there is no file missing.yaml" in capsys.readouterr().err
    Path("own.yaml").write_text("# nothing yet\n\n")
    assert load_settings(Path("own.yaml")) == Settings()


def test_a_spec_with_errors_is_left_out_and_said(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "bad.yaml").write_text("name: Bad\nlayers: 3\n")
    assert run(["gallery", "lab", "--no-cache"]) == 1
    assert "lab/bad.yaml:" in capsys.readouterr().err
    assert 'href="tiny.html"' in Path("out/index.html").read_text("utf-8")
    assert "bad.html" not in Path("out/index.html").read_text("utf-8")


def test_dates_are_those_of_the_last_commit(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "sub" / "ö ther.yaml"
    other.parent.mkdir()
    for file in (one, other, tmp_path / "new.yaml"):
        file.write_text("1")

    def git(*words: str, date: str = "2024-01-02T03:04:05+00:00") -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        where = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        subprocess.run(["git", "-C", str(tmp_path), *author, *words], check=True, capture_output=True, env=where)

    git("init")
    git("add", "one.yaml", "sub")
    git("commit", "-m", "first")
    one.write_text("2")
    git("commit", "-am", "second", date="2025-06-07T08:09:10+00:00")
    assert History.of([one, other, tmp_path / "new.yaml"]).changed == {
        one: "2025-06-07T08:09:10+00:00",
        other: "2024-01-02T03:04:05+00:00",
    }


def test_a_feed_has_the_newest(monkeypatch: pytest.MonkeyPatch, lab: Path) -> None:
    monkeypatch.setattr("archdraw.site.web.NEWEST", 1)
    assert NEWEST > 1
    assert run(["gallery", "lab", "--no-cache"]) == 0
    assert Path("out/feed.xml").read_text("utf-8").count("<entry>") == 1


def test_the_gallery_is_shown_to_this_computer_only(lab: Path) -> None:
    (lab.parent / "secret.txt").write_text("secret")
    line = [sys.executable, "-m", "archdraw", "gallery", "lab", "--serve", "--port", "0", "--no-cache"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "out/index.html\n"
            found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)\n", server.stdout.readline())
            assert found is not None
            port = int(found[1])

            def answer(path: str, host: str = "") -> tuple[int, bytes]:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
                response = connection.getresponse()
                return response.status, response.read()

            assert answer("/")[0] == 200
            assert b"Lab &lt;b&gt;" in answer("/index.html")[1]
            assert answer("/../secret.txt")[0] == 404
            assert answer("/index.html", "evil.example")[0] == 403
            server.send_signal(signal.SIGINT)
            assert server.wait(10) == 0
            assert server.stderr is not None
            assert server.stderr.read().strip() == ""
        finally:
            server.kill()


def test_a_port_that_is_taken_is_said(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["gallery", "lab", "--serve", "--port", port, "--no-cache"]) == 1
    said = capsys.readouterr().err
    assert f"port {port} of 127.0.0.1 cannot be used" in said
    assert "--port 0 takes a free one" in said

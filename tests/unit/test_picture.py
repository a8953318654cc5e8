"""The README's picture of the demo: how it is made, and that it shows a run in which all passed."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

import pytest
from picture import PICTURE, on_screen
from repository_rules import ROOT


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("\x1b[?25lwait 1\r\x1b[2Kwait 2\r\n\x1b[?25h\x1b[1A\x1b[2Kdone\r\n", "done"),
        ("\x1b[32mgreen\x1b[0m\r\n", "\x1b[32mgreen\x1b[0m"),
    ],
)
def test_lines_that_were_drawn_anew_stand_there_once(sent: str, seen: str) -> None:
    assert on_screen(sent) == seen


def shown() -> str:
    texts = re.findall(r"<text[^>]*>(.*?)</text>", PICTURE.read_text(encoding="utf-8"))
    return html.unescape("\n".join(texts)).replace("\xa0", " ")


def test_the_picture_shows_a_verified_run() -> None:
    text = shown()
    assert re.search(r"\d+ passed, 0 failed", text)
    for word in ("Blueprint", "persistence", "Runs at", "Next"):
        assert word in text


def test_the_picture_is_plain_small_and_fetches_nothing() -> None:
    source = PICTURE.read_text(encoding="utf-8")
    ElementTree.fromstring(source)  # noqa: S314 - our own file
    assert "@font-face" not in source
    assert str(ROOT) not in source
    assert len(source) < 60_000
    assert "docs/images/demo.svg" in (ROOT / "README.md").read_text(encoding="utf-8")

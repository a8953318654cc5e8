"""The user's hunks, and files without some of them."""

from __future__ import annotations

from random import Random

import pytest

from local_engine.repair.hunks import hunks_of, without

GENERATED = {
    "app/main.py": b"one\ntwo\nthree\nfour\n",
    "app/gone.py": b"was here\n",
    "app/extensions/pay.py": b"stub\n",
    "blueprint.yaml": b"name: x\n",
    "tests/test_a.py": b"pass\n",
}
PRESENT = {
    "app/main.py": b"ONE\ntwo\nthree\nfour\nfive",
    "app/new.py": b"mine\n",
    "app/extensions/pay.py": b"body\n",
    "blueprint.yaml": b"name: y\n",
    "tests/test_a.py": b"changed\n",
}


def test_hunks_are_places_of_generated_code_only() -> None:
    places = [hunk.place for hunk in hunks_of(GENERATED, PRESENT)]
    assert places == [
        "app/gone.py (which you removed)",
        "app/main.py:1",
        "app/main.py:5",
        "app/new.py (your file)",
    ]


def test_a_hunk_is_taken_back_and_the_others_stay() -> None:
    gone, first, last, new = hunks_of(GENERATED, PRESENT)
    assert without(GENERATED, PRESENT, [first]) == {
        "app/main.py": b"one\ntwo\nthree\nfour\nfive",
    }
    assert without(GENERATED, PRESENT, [last, new]) == {
        "app/main.py": b"ONE\ntwo\nthree\nfour\n",
        "app/new.py": None,
    }
    assert without(GENERATED, PRESENT, [gone]) == {"app/gone.py": b"was here\n"}
    assert first.text == "-ONE\n+one\n"


@pytest.mark.parametrize("seed", range(30))
def test_taking_back_none_or_all_gives_either_side(seed: int) -> None:
    random = Random(seed)
    words = [b"a\n", b"b\r\n", b"\n", b"c\x0cd\n", b"\xff\n"]
    before = b"".join(random.choices(words, k=random.randint(0, 12)))
    after = b"".join(random.choices(words, k=random.randint(0, 12))) + b"end"
    generated, present = {"app/x.py": before}, {"app/x.py": after}
    hunks = hunks_of(generated, present)
    assert without(generated, present, hunks) == {"app/x.py": before}
    assert without(generated, present, []) == {}

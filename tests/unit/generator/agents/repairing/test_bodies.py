"""Another body of an extension point: whole or in places, fenced, secrets where they were."""

from __future__ import annotations

from local_engine.generator.agents.repairing.bodies import SMALL, form_of, text_of
from local_engine.generator.agents.repairing.masking import mask
from local_engine.generator.agents.repairing.tasks import ExtensionPoint

STUB = '''"""What it does."""

from app.core.db import Connection


async def recommend(connection: Connection) -> None:
    """Recommend."""
    raise NotImplementedError
'''
PATH = "app/extensions/recommend.py"


def point(body: str, after: str = "") -> ExtensionPoint:
    text = STUB.replace("    raise NotImplementedError", body) + after
    return ExtensionPoint(PATH, text, STUB)


def proposed(extension: ExtensionPoint, **value: object) -> tuple[str, list[str]]:
    text, faults = text_of(value, extension, mask(extension.text))
    return text, [fault.message for fault in faults]


def test_a_small_file_gets_another_body_and_keeps_the_rest() -> None:
    broken = point("    return undefined")
    text, faults = proposed(broken, body="return math.floor(1)", imports=["import math"])
    assert faults == []
    assert text.endswith('    """Recommend."""\n    return math.floor(1)\n')
    assert "import math" in text


def test_a_file_that_is_no_python_is_written_from_the_stub() -> None:
    text, faults = proposed(point("    return ("), body="return None")
    assert (faults, text) == ([], STUB.replace("raise NotImplementedError", "return None"))


def test_a_file_with_more_in_it_is_changed_by_search_and_replace() -> None:
    helped = point("    return help_()", "\n\ndef help_() -> None:\n    return None\n")
    assert "replacements" in form_of(helped).schema()["properties"]
    change = [{"old": "    return help_()", "new": "    help_()"}]
    text, faults = proposed(helped, replacements=change)
    assert faults == []
    assert text == helped.text.replace("    return help_()", "    help_()")
    for old in ("nowhere", "return", ""):
        _, faults = proposed(helped, replacements=[{"old": old, "new": "x"}])
        assert faults == ["This does not stand in the code exactly once."]
    assert "replacements" in form_of(point("    # " + "x" * SMALL)).schema()["properties"]


def test_the_fence_holds_for_bodies_and_replacements() -> None:
    for body in ("open('/etc/passwd')", "import os", "global stolen"):
        _, faults = proposed(point("    pass"), body=body)
        assert faults, body
    helped = point("    help_()", "\n\ndef help_() -> None:\n    return None\n")
    more = [{"old": "return None\n", "new": "return None\n\n\nasync def other() -> None: ...\n"}]
    assert proposed(helped, replacements=more)[1] == ["Only the body of the function may differ."]


def test_what_the_user_imports_is_not_the_models_to_use() -> None:
    own = point("    pass")
    own = ExtensionPoint(
        PATH, own.text.replace("from app", "from app.x import y\nfrom app", 1), STUB
    )
    assert any("app.x" in fault for fault in proposed(own, body="y()")[1])


def test_a_secret_comes_back_in_its_line_only() -> None:
    known = point('    api_key = "k8Jx2mQ9vLp4Rt7W"\n    return undefined')
    shown = mask(known.text).text
    assert "k8Jx2" not in shown
    text, faults = proposed(known, body='api_key = "HIDDEN_1_"\nreturn None')
    assert faults == []
    assert 'api_key = "k8Jx2mQ9vLp4Rt7W"\n    return None' in text
    _, faults = proposed(known, body='raise ValueError("HIDDEN_1_")')
    assert faults == ["A hidden value may only stand in the line where it was."]

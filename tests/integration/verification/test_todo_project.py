"""The generated todo project: verified without a false alarm; breaches by hand are found."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from jsonschema import Draft202012Validator

from local_engine.generator.blueprint import Application, load_file
from local_engine.generator.emit import emit, write
from local_engine.runtime.preview.controls import verification_controls
from local_engine.verification import Report, Verdict, verify
from local_engine.verification.reports import SCHEMA, to_html, to_json, to_junit

BLUEPRINT = Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml"
GROUPS = ("static", "boot", "contract", "input", "auth", "persistence", "load")


class Breach(NamedTuple):
    """What is changed in which file of the project, and the check that finds it."""

    check: str
    file: str
    old: str
    new: str


STANDARD = [
    Breach("contract.list.limit.todo", "app/core/pagination.py", "MAX_LIMIT = 100\n",
           "MAX_LIMIT = 999_999_999\n"),
    Breach("auth.token.audience", "app/core/tokens.py", "audience=AUDIENCE,\n",
           'audience=[AUDIENCE, "another-service"],\n'),
    Breach("auth.refresh.reuse", "app/accounts/sessions.py", "if used or not active:",
           "if not active:"),
    Breach("contract.create.todo", "app/todos/router.py", "        return created_response(",
           '        await connection.execute("ROLLBACK")\n        return created_response('),
]  # fmt: skip
FULL = [
    Breach("auth.token.issuer", "app/core/tokens.py", "issuer=ISSUER,\n", ""),
    Breach("auth.token.alg_none", "app/core/tokens.py", 'options={"require"',
           'options={"verify_signature": False, "require"'),
    Breach("input.create.todo.title.characters", "app/todos/schemas.py", "), ONE_LINE]", ")]"),
    Breach("input.create.todo.title.outside", "app/todos/schemas.py", "max_length=200",
           "max_length=201"),
    Breach("static.secrets", "app/main.py", '"""', 'API_KEY = "k8Jx2mQ9vLp4Rt7WzY1nB6cD3f"\n"""'),
]  # fmt: skip


@pytest.fixture(scope="module")
def application() -> Application:
    return load_file(BLUEPRINT).application


@pytest.fixture(scope="module")
def project(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("generated") / "todo"
    write(emit(application, BLUEPRINT.read_text("utf-8")), folder)
    yield folder
    shutil.rmtree(folder)


def test_nothing_fails_and_nothing_is_unclear(application: Application, project: Path) -> None:
    with verification_controls(project) as controls:
        report = verify(application, controls, groups=GROUPS)

    assert unpleasant(report) == {}
    assert report.verdict is Verdict.PASSED
    _forms_are_right(report, controls.secret_key)


def unpleasant(report: Report) -> dict[str, str]:
    bad = (Verdict.FAILED, Verdict.INCONCLUSIVE)
    return {result.check: result.reason for result in report.results if result.verdict in bad}


@pytest.mark.parametrize(
    "breach",
    [*STANDARD, *(pytest.param(breach, marks=pytest.mark.full) for breach in FULL)],
    ids=lambda breach: breach.check,
)
def test_a_breach_is_found(
    breach: Breach, application: Application, project: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(project, tmp_path / "todo")
    path = folder / breach.file
    before = path.read_text("utf-8")
    assert breach.old in before
    path.write_text(before.replace(breach.old, breach.new, 1), "utf-8")

    with verification_controls(folder) as controls:
        report = verify(application, controls, groups=[breach.check.partition(".")[0]])

    failed = {result.check for result in report.results if result.verdict is Verdict.FAILED}
    assert breach.check in failed
    _forms_are_right(report, controls.secret_key)


def _forms_are_right(report: Report, secret_key: str) -> None:
    document = to_json(report)
    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []
    for text in (json.dumps(document), to_html(report), to_junit(report)):
        assert secret_key not in text
        assert re.search(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}", text) is None

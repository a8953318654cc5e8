"""Registration by invitation: the same checks, and one of the invitation itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from notes_service.application import APPLICATION
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service
from verifying import result_of

from local_engine.generator.blueprint.resolved import Accounts

BY_INVITATION = replace(APPLICATION, accounts=Accounts("invite", ("admin", "editor"), None, {}))


@pytest.fixture
def controls() -> Iterator[NotesControls]:
    service = Service()
    service.accounts.by_invitation = True
    with running(service) as controls:
        yield controls


@pytest.mark.parametrize("aspect", ["", ".taken", ".password", ".email", ".invitation"])
def test_passes_where_invitations_are_needed(aspect: str, controls: NotesControls) -> None:
    result = result_of(f"auth.register{aspect}", BY_INVITATION, controls, NotesWorld)

    assert result.verdict == "passed", result.reason


@pytest.mark.parametrize("defect", ["any_invitation", ""])
def test_fails_where_invitations_do_not_matter(defect: str, controls: NotesControls) -> None:
    controls.service.defects.add(defect)
    controls.service.accounts.by_invitation = bool(defect)

    result = result_of("auth.register.invitation", BY_INVITATION, controls, NotesWorld)

    assert result.verdict == ("failed" if defect else "inconclusive"), result.reason

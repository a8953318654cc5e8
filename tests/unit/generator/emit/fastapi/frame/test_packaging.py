"""What surrounds the code of a project says nothing that the code does not know."""

from __future__ import annotations

import golden
import pytest

from local_engine.generator.emit.fastapi.fixed.core.settings import Settings
from local_engine.generator.emit.fastapi.fixed.core.webhooks import WebhookTarget


@pytest.mark.parametrize("name", golden.SOURCES)
def test_every_variable_of_the_example_is_read_by_somebody(name: str) -> None:
    tree = golden.emitted(name)
    lines = tree.text(".env.example").splitlines()
    variables = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    read = {field.upper() for field in Settings.model_fields}
    ends = tuple(f"_{field.upper()}" for field in WebhookTarget.model_fields)
    unknown = {
        variable
        for variable in variables - read
        if not (variable.startswith("WEBHOOK_") and variable.endswith(ends))
        and f"${{{variable}" not in tree.text("compose.yaml")
    }
    assert not unknown
    assert {"SECRET_KEY", "DATABASE_URL", "REGISTRATIONS_PER_HOUR"} - variables == (
        {"REGISTRATIONS_PER_HOUR"} if 'sign_up="closed"' in tree.text("app/profile.py") else set()
    )

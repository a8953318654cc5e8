"""`import_blueprint`: the Blueprint of a project that was made here, as it is."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.blueprint import canonicalise, load
from local_engine.generator.importing.report import Account, Import, listed


def import_blueprint(text: str, other_files: Sequence[str] = ()) -> Import:
    """The Blueprint of a text; `other_files` are those of its project, which are made anew.

    Comments are kept. Raises BlueprintErrors.
    """
    document = load(text)
    account = Account()
    for name in document.application.entities:
        if name in document.blueprint.entities:
            account.taken(f"entities.{name}", f"entities.{name}", "as it is")
    if other_files:
        account.left_out(
            listed(other_files),
            "code is generated anew from the Blueprint; edits by hand are not part of it",
        )
    return Import(document.blueprint, canonicalise(text), account.notes)

"""Bodies that name somebody by id or by e-mail address: one of the two, told where it is not."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pytest

from local_engine.generator.emit.fastapi.fixed.core.body import Body, absent
from local_engine.generator.emit.fastapi.fixed.core.problem import Problem
from local_engine.generator.emit.fastapi.fixed.rows.members import MemberInput, require_member

ANN = "0198c7a4-5e6f-7abc-8def-0123456789ab"


class Joins(MemberInput):
    """A new member."""

    person: ClassVar[str] = "friend"

    role: str = "guest"
    friend_id: UUID = absent()
    friend_email: str = absent()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ("{}", "/friend_id", "required"),
        ('{"role": "host"}', "/friend_id", "required"),
        (f'{{"friend_id": "{ANN}", "friend_email": "a@b.c"}}', "/friend_email", "not_allowed"),
        ('{"friend_id": null}', "/friend_id", "type"),
        ('{"friend_email": null}', "/friend_email", "type"),
    ],
)
def test_anything_but_one_of_the_two_is_told_where_it_is(
    body: str, pointer: str, code: str
) -> None:
    with pytest.raises(Problem) as refused:
        Body(body.encode(), Joins).value()
    assert refused.value.status == 422
    (error,) = refused.value.extensions["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_an_address_that_no_account_has_is_answered_like_an_id_of_nobody() -> None:
    new = Body(b'{"friend_email": "a@b.c"}', Joins).value()
    with pytest.raises(Problem) as refused:
        require_member({"friend_id": None}, new)
    assert refused.value.extensions["errors"][0]["pointer"] == "/friend_email"
    assert refused.value.extensions["errors"][0]["code"] == "reference"
    require_member({"friend_id": ANN}, new)

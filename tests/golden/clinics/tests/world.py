"""Rows for the tests: made by requests, each with all that it needs, by whoever may make it.

`tests/rows.py` says for each kind of row where it is created, by whom, and with which body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

UNKNOWN_ID = "0198c7a4-5e6f-7abc-8def-0123456789ab"


@dataclass(frozen=True)
class Ref:
    """The id of another row."""

    row: str


@dataclass(frozen=True)
class UserRef:
    """The id of a user."""

    name: str


@dataclass(frozen=True)
class Plan:
    """How a row is created: at `path`, in which `{name}` is another row's id, by `creator`."""

    path: str
    creator: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Created:
    """A row that is there: its address, and what the answer showed."""

    address: str
    row: Mapping[str, Any]
    answer: Response


class World:
    """Makes rows, each kind once, and sends requests as one of the users."""

    def __init__(
        self,
        client: TestClient,
        tokens: Mapping[str, str],
        ids: Mapping[str, str],
        plans: Mapping[str, Plan],
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._ids = ids
        self._plans = plans
        self._made: dict[str, Created] = {}

    def request(self, user: str | None, method: str, path: str, **options: Any) -> Response:
        """Send a request as a user, or as nobody."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        if user is not None:
            headers["Authorization"] = f"Bearer {self._tokens[user]}"
        answer: Response = self._client.request(method, path, headers=headers, **options)
        return answer

    def make(self, name: str) -> Created:
        """The row of this kind; made with everything that it needs if it is not there yet."""
        if name not in self._made:
            plan = self._plans[name]
            if plan.creator in self._plans:
                self.make(plan.creator)  # the membership that lets them in
            answer = self.request(plan.creator, "POST", self.path(plan), json=self.body(name))
            assert answer.status_code in {200, 201}, f"{name}: {answer.text}"
            row = answer.json()
            self._made[name] = Created(f"{self.path(plan)}/{row['id']}", row, answer)
        return self._made[name]

    def collection(self, name: str) -> str:
        """The path at which rows of this kind are created."""
        return self.path(self._plans[name])

    def creator(self, name: str) -> str:
        """Who creates rows of this kind; let in first where that takes a membership."""
        creator = self._plans[name].creator
        if creator in self._plans:
            self.make(creator)
        return creator

    def path(self, plan: Plan) -> str:
        """The path of a plan, with the ids of the rows that it names."""
        segments = [
            str(self.make(s[1:-1]).row["id"]) if s.startswith("{") else s
            for s in plan.path.split("/")
        ]
        return "/".join(segments)

    def body(self, name: str) -> dict[str, Any]:
        """The body that creates a row of this kind."""
        return {key: self._value(value) for key, value in self._plans[name].body.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.make(value.row).row["id"]
        return self._ids[value.name] if isinstance(value, UserRef) else value

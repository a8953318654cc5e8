"""Shared metadata: projects, their Blueprint versions, verification results, and shares.

Code and databases stay on the user's machine. A Blueprint version has the SHA-256 digest of its
text and names its parent by it: pushing never overwrites, two machines that went on from the same
version leave both of theirs. The engine gives a version its id, which is good within its project.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from local_engine.contracts.accounts import Email
from local_engine.contracts.wire import Answer, Digest, Json, Line, Moment, Request, Text

MAX_BLUEPRINT = 1_000_000
MAX_REPORT = 1_000

GivenRole = Literal["viewer", "editor"]
"""What may be shared: a viewer reads, an editor pushes too."""

Role = Literal["owner", "editor", "viewer"]
"""What an account may do with a project; its owner also renames, shares and deletes it."""

Name = Annotated[Line, Field(min_length=1, max_length=200)]
Way = Literal["no-model", "cloud", "own-key", "local-model", "edit", "import"]
"""How a Blueprint came about."""


class NewProject(Request):
    """A project; the engine gives the id that it has there, so a lost answer can be repeated."""

    id: UUID | None = None
    name: Name


class ProjectChange(Request):
    """Another name for a project."""

    name: Name


class Project(Answer):
    """A project as one account sees it; `latest` is the digest of the version pushed last."""

    id: UUID
    name: str
    role: Role
    created_at: Moment
    updated_at: Moment
    latest: Digest | None = None


class ProjectPage(Answer):
    """Projects, the newest first; `next` is the `before` of the next page."""

    projects: list[Project]
    next: UUID | None = None


class Origin(Request):
    """How a version was made: which way, by which model, at what cost."""

    way: Way
    model: Annotated[Line, Field(max_length=100)] | None = None
    tokens: Annotated[int, Field(ge=0, le=2**53)] = 0
    cost_microdollars: Annotated[int, Field(ge=0, le=2**53)] = 0


class NewBlueprintVersion(Request):
    """A version to keep. `digest` is the SHA-256 of the UTF-8 text; `parent` that of the version
    that it was made from. The engine gives the `id`, so a lost answer can be repeated, and a return
    to an earlier text is told from that."""

    id: UUID
    digest: Digest
    parent: Digest | None = None
    title: Annotated[Line, Field(max_length=200)]
    text: Annotated[Text, Field(min_length=1, max_length=MAX_BLUEPRINT)]
    origin: Origin


class BlueprintVersion(Answer):
    """A version without its text; `mine` says that the account that asks pushed it."""

    id: UUID
    digest: Digest
    parent: Digest | None
    title: str
    origin: Json
    mine: bool
    created_at: Moment


class BlueprintVersionPage(Answer):
    """Versions, the newest first; `next` is the `before` of the next page."""

    versions: list[BlueprintVersion]
    next: UUID | None = None


class BlueprintText(Answer):
    """The text behind a digest."""

    digest: Digest
    text: str


class FailedCheck(Request):
    """A check that did not pass, in a plain sentence; its evidence stays on the machine."""

    check: Annotated[Line, Field(min_length=1, max_length=200)]
    verdict: Literal["failed", "inconclusive"]
    sentence: Annotated[Text, Field(max_length=1_000)]


class NewVerification(Request):
    """The result of verifying a project: counts, and the checks that did not pass."""

    digest: Digest
    commit: Annotated[Line, Field(pattern=r"^[0-9a-f]{7,64}$")]
    seed: Annotated[int, Field(ge=0, le=2**53)] = 0
    passed: Annotated[int, Field(ge=0, le=1_000_000)]
    failed: Annotated[int, Field(ge=0, le=1_000_000)]
    inconclusive: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    seconds: Annotated[float, Field(ge=0, le=1_000_000)]
    verified_at: Moment
    not_passed: Annotated[list[FailedCheck], Field(max_length=MAX_REPORT)] = Field(
        default_factory=list
    )


class Verification(Answer):
    """A kept result."""

    id: UUID
    digest: Digest
    commit: str
    seed: int
    passed: int
    failed: int
    inconclusive: int
    seconds: float
    verified_at: Moment
    created_at: Moment
    not_passed: list[Json]


class VerificationPage(Answer):
    """Results, the newest first; `next` is the `before` of the next page."""

    verifications: list[Verification]
    next: UUID | None = None


class NewShare(Request):
    """Let somebody in: by e-mail address, or without one by a link that may be passed on."""

    role: GivenRole
    email: Email | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=3_650)] | None = None


class Share(Answer):
    """Somebody, or whoever has the link, may see a project. `accepted`: how many did, by link."""

    id: UUID
    role: GivenRole
    email: str | None
    created_at: Moment
    expires_at: Moment | None
    accepted: int


class Shares(Answer):
    """All shares of a project."""

    shares: list[Share]


class SharedBy(Answer):
    """A new share; `token` is what a link holds, and is shown this once."""

    share: Share
    token: str | None = None

    @model_validator(mode="after")
    def _by_one_way(self) -> SharedBy:
        if (self.token is None) == (self.share.email is None):
            raise ValueError("a share is either by e-mail address or by link")
        return self


class ShareToken(Request):
    """What a link holds."""

    token: Annotated[Line, Field(min_length=1, max_length=128)]

"""`push`: a project's history to a git remote, over https or ssh."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.kinds.import_ import SecretName
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages
from local_engine.projects.pushing.errors import PushRefused
from local_engine.projects.pushing.remotes import MAX_LENGTH, parse_remote


def _address(text: str) -> str:
    try:
        return parse_remote(text).url
    except PushRefused as refusal:
        raise ValueError(f"{refusal.message}; {refusal.hint}") from None


class PushRequest(JobRequest):
    """Push to this remote's `branch`, never by force.

    `token` names the secret that opens an https remote; without it, `git.` and the host's name.
    `trust` is the fingerprint of the ssh key of a host that was not known before.
    """

    kind: Literal["push"] = "push"
    project: str
    remote: Annotated[str, Field(min_length=1, max_length=MAX_LENGTH), AfterValidator(_address)]
    branch: Annotated[str, Field(min_length=1, max_length=200)] = "main"
    token: SecretName | None = None
    trust: Annotated[str | None, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")] = None

    @property
    def secret_name(self) -> str | None:
        """The secret that opens the remote, if it takes one."""
        return self.token or parse_remote(self.remote).secret_name


class PushResult(JobResult):
    """Where the branch is now; `new` commits were sent, none if all were there."""

    kind: Literal["push"] = "push"
    remote: str
    branch: str
    commit: str
    new: int


def run(run: Run, request: PushRequest, place: Place) -> PushResult:
    """Push."""
    name = request.secret_name
    token = place.secrets.get(name) if name else None
    return pushed(run, request, place.project, place.home, token)


def pushed(
    run: Run, request: PushRequest, folder: Path, home: Path, token: str | None
) -> PushResult:
    """Push with this token. Raises `JobFailed`."""
    from local_engine.projects.errors import ProjectError
    from local_engine.projects.pushing.push import push
    from local_engine.projects.pushing.ssh import KnownHosts

    remote, hosts = parse_remote(request.remote), KnownHosts(home)
    try:
        if request.trust:
            hosts.trust(remote, request.trust)
        done = push(
            folder,
            remote,
            hosts,
            branch=request.branch,
            token=token,
            on_event=telling_stages(run),
        )
    except PushRefused as refusal:
        raise JobFailed(refusal.code, refusal.message, hint=refusal.hint) from None
    except ProjectError as refusal:
        raise JobFailed("project-refuses", refusal.message, hint=refusal.hint) from None
    return PushResult(remote=remote.url, branch=done.branch, commit=done.commit, new=done.new)


def _secrets(request: PushRequest) -> tuple[str, ...]:
    return (request.secret_name,) if request.secret_name else ()


KIND = Kind("push", PushRequest, run, "isolated", secrets=_secrets)

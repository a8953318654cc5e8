"""Pushes the main line of a project to a branch of a remote, if that only goes forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from dulwich.client import (
    HTTPProxyUnauthorized,
    HTTPUnauthorized,
    SendPackResult,
    SSHGitClient,
    Urllib3HttpGitClient,
)
from dulwich.config import ConfigDict, StackedConfig
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository, SendPackError
from dulwich.graph import can_fast_forward
from dulwich.objects import ObjectID
from dulwich.pack import UnpackedObject
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo

from local_engine.projects.errors import NotAProject
from local_engine.projects.layout import HEADS, MAIN
from local_engine.projects.project import Project
from local_engine.projects.pushing.errors import PushRefused
from local_engine.projects.pushing.remotes import Remote
from local_engine.projects.pushing.ssh import KnownHosts, refusal, ssh_client
from local_engine.runtime.events import LogLine, stage

_USER = "git"
_TIMEOUT_SECONDS = 60.0
_ORIGIN = (b"remote", b"origin")
_SETTINGS = (b"proxy", b"sslCAInfo")
"""Of the user's own git settings; none that would send something along or look less closely."""


@dataclass(frozen=True)
class Pushed:
    """What came of it: the branch is at `commit`, `new` commits were sent (0: it was there)."""

    branch: str
    commit: str
    new: int


def ignore_all(_event: object) -> None:
    """Do nothing with an event."""


def push(
    folder: Path,
    remote: Remote,
    hosts: KnownHosts,
    *,
    branch: str = MAIN,
    token: str | None = None,
    on_event: Callable[[object], None] = ignore_all,
) -> Pushed:
    """Push, after keeping what was changed outside as a version.

    The token opens https; ssh has the user's keys. Raises `PushRefused`, `ProjectError`.
    """
    ref = Ref(f"{HEADS}{branch}".encode())
    if not check_ref_format(ref):
        raise PushRefused("no-branch", f"{branch!r} cannot be the name of a branch")
    project = Project(folder, on_event)
    project.notice()
    with stage(on_event, "push", f"push to {remote.host}"), Repo(str(project.folder)) as repo:
        head = repo.refs.read_ref(Ref(f"{HEADS}{MAIN}".encode()))
        if head is None:
            raise NotAProject(f"{folder} has no main line")
        line = _Line(repo, ObjectID(head), ref, branch)
        result = _send(remote, hosts, token, line, _progress(on_event))
        _require_done(result, ref)
        _remember(repo, remote)
        return Pushed(branch, head.decode(), line.new)


def remembered(folder: Path) -> str | None:
    """The address of the repository's `origin`, if it has one."""
    try:
        with Repo(str(folder)) as repo:
            return repo.get_config().get(_ORIGIN, b"url").decode(errors="replace")
    except (KeyError, NotGitRepository):
        return None


class _Line:
    """The main line and what the remote has of it; refuses whatever would not go forward."""

    def __init__(self, repo: Repo, head: ObjectID, ref: Ref, branch: str) -> None:
        self._repo = repo
        self._head = head
        self._ref = ref
        self._branch = branch
        self.new = 0

    def update(self, there: dict[Ref, ObjectID]) -> dict[Ref, ObjectID]:
        """The references to be set, from those that the remote has."""
        found = there.get(self._ref)
        if found is not None:
            self._require_forward(found)
        exclude = [found] if found is not None else []
        walker = self._repo.get_walker(include=[self._head], exclude=exclude)
        self.new = sum(1 for _ in walker)
        return {self._ref: self._head}

    def pack(
        self,
        have: Set[ObjectID],
        want: Set[ObjectID],
        *,
        ofs_delta: bool = False,
        progress: Callable[[bytes], None] | None = None,
    ) -> tuple[int, Iterator[UnpackedObject]]:
        """The objects that the remote wants and has not."""
        return self._repo.generate_pack_data(set(have), set(want), ofs_delta=ofs_delta)

    def _require_forward(self, found: ObjectID) -> None:
        if found in self._repo.object_store:
            if can_fast_forward(self._repo, found, self._head):
                return
            text = "has commits that your main line has not"
        else:
            text = "has commits that are not in this project"
        raise PushRefused(
            "remote-has-others",
            f"the branch {self._branch} of the remote {text}: nothing was pushed",
            hint="push to a new branch and join the two there, or fetch and merge them with git; "
            "what is there is never overwritten",
        )


def _send(
    remote: Remote,
    hosts: KnownHosts,
    token: str | None,
    line: _Line,
    progress: Callable[[bytes], None],
) -> SendPackResult:
    client: SSHGitClient | Urllib3HttpGitClient
    client = ssh_client(remote, hosts) if remote.scheme == "ssh" else _web_client(remote, token)
    try:
        return client.send_pack(remote.path.encode(), line.update, line.pack, progress=progress)
    except (HTTPUnauthorized, HTTPProxyUnauthorized):
        raise _unauthorized(remote, token) from None
    except NotGitRepository:
        raise PushRefused(
            "no-repository",
            f"there is no repository at {remote.url}, or you may not see it",
            hint="make it there first; look whether address and token are right",
        ) from None
    except HangupException as failure:
        said = b"\n".join(failure.stderr_lines or []).decode(errors="replace")
        raise refusal(remote, said, hosts) from None
    except SendPackError as failure:
        raise PushRefused("remote-refuses", f"the remote refuses: {_word(failure)}") from None
    except (GitProtocolError, OSError) as failure:
        if "resp 403" in str(failure):
            raise _unauthorized(remote, token) from None
        raise PushRefused(
            "unreachable", f"{remote.host} cannot be reached: {_word(failure)}"
        ) from None


def _web_client(remote: Remote, token: str | None) -> Urllib3HttpGitClient:
    base = Remote(remote.scheme, None, remote.host, remote.port, "/").url
    user = (remote.user or _USER) if token else None
    return Urllib3HttpGitClient(
        base, config=_settings(), username=user, password=token, timeout=_TIMEOUT_SECONDS
    )


def _settings() -> ConfigDict:
    config = ConfigDict()
    users = StackedConfig(StackedConfig.default_backends())
    for name in _SETTINGS:
        try:
            config.set((b"http",), name, users.get((b"http",), name))
        except KeyError:
            continue
    return config


def _unauthorized(remote: Remote, token: str | None) -> PushRefused:
    if token:
        return PushRefused(
            "unauthorized",
            f"{remote.host} does not accept this token",
            hint="look whether it is still valid and may write to the repository",
        )
    return PushRefused(
        "unauthorized", f"{remote.host} wants a token", hint="hand one over that may write there"
    )


def _require_done(result: SendPackResult, ref: Ref) -> None:
    """Servers refuse single branches: hooks, protected branches."""
    reason = (result.ref_status or {}).get(ref)
    if reason:
        raise PushRefused(
            "remote-refuses",
            f"the remote refuses the branch: {str(reason)[:300]}",
            hint="it may be protected: push to another branch",
        )


def _remember(repo: Repo, remote: Remote) -> None:
    """Let git and the next push know where to; an origin that is there stays."""
    config = repo.get_config()
    try:
        config.get(_ORIGIN, b"url")
    except KeyError:
        config.set(_ORIGIN, b"url", remote.url.encode())
        config.set(_ORIGIN, b"fetch", b"+refs/heads/*:refs/remotes/origin/*")
        config.write_to_path()


def _progress(on_event: Callable[[object], None]) -> Callable[[bytes], None]:
    """What the remote says, line by line and in plain characters."""

    def tell(said: bytes) -> None:
        for line in said.decode(errors="replace").replace("\r", "\n").splitlines():
            clean = "".join(sign for sign in line if sign.isprintable()).strip()
            if clean:
                on_event(LogLine(f"remote: {clean}"))

    return tell


def _word(failure: Exception) -> str:
    return " ".join(str(failure).split())[:300] or type(failure).__name__

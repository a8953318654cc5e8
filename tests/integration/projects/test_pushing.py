"""Pushing to real servers: git's own behind HTTPS, and an sshd."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_servers import (
    TOKEN,
    SshServer,
    WebServer,
    git,
    https_server,
    new_repository,
    ssh_server,
    sshd_reason,
)

from local_engine.generator.blueprint import load
from local_engine.projects import Cause, Project
from local_engine.projects.pushing.errors import PushRefused
from local_engine.projects.pushing.push import Pushed, push, remembered
from local_engine.projects.pushing.remotes import parse_remote
from local_engine.projects.pushing.ssh import KNOWN_HOSTS, KnownHosts
from local_engine.runtime.events import LogLine

NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"
REASON = sshd_reason()
with_sshd = pytest.mark.skipif(REASON is not None, reason=str(REASON))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "notes", load(NOTES))


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The repository at the other end."""
    (tmp_path / "served").mkdir()
    return new_repository(tmp_path / "served/notes.git")


@pytest.fixture
def web(there: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with https_server(there.parent) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


@pytest.fixture
def hosts(tmp_path: Path) -> KnownHosts:
    return KnownHosts(tmp_path)


def to_web(
    project: Project, web: WebServer, hosts: KnownHosts, token: str | None = TOKEN,
    branch: str = "main",
) -> Pushed:  # fmt: skip
    remote = parse_remote(f"{web.url}/notes.git")
    return push(project.folder, remote, hosts, branch=branch, token=token)


def assert_no_secret_in(folder: Path) -> None:
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        assert TOKEN.encode() not in file.read_bytes(), file


def test_the_whole_history_arrives(
    project: Project, there: Path, web: WebServer, hosts: KnownHosts
) -> None:
    project.apply({"notes.txt": b"mine\n"}, Cause.EDIT, "Add notes")
    (project.folder / "outside.txt").write_text("from an editor\n")
    done = to_web(project, web, hosts)
    assert done.commit == git("rev-parse", "main", cwd=there) == project.head().id
    assert done.new == 3
    assert git("show", "main:outside.txt", cwd=there) == "from an editor"
    assert git("fsck", "--strict", cwd=there) == ""
    assert git("for-each-ref", "--format=%(refname)", cwd=there) == "refs/heads/main"
    assert to_web(project, web, hosts).new == 0
    project.apply({"more.txt": b"more\n"}, Cause.EDIT, "Add more")
    assert to_web(project, web, hosts).new == 1
    assert remembered(project.folder) == f"{web.url}/notes.git"
    assert_no_secret_in(project.folder)


def test_an_origin_that_is_there_stays(project: Project, web: WebServer, hosts: KnownHosts) -> None:
    git("remote", "add", "origin", "https://example.com/other.git", cwd=project.folder)
    to_web(project, web, hosts)
    assert remembered(project.folder) == "https://example.com/other.git"


@pytest.mark.parametrize(("token", "words"), [(None, "wants a token"), ("wrong", "not accept")])
def test_a_token_is_needed(
    project: Project, web: WebServer, hosts: KnownHosts, token: str | None, words: str
) -> None:
    with pytest.raises(PushRefused, match=words) as refused:
        to_web(project, web, hosts, token)
    assert refused.value.code == "unauthorized"
    assert remembered(project.folder) is None


def test_what_others_pushed_is_never_overwritten(
    project: Project, there: Path, web: WebServer, hosts: KnownHosts, tmp_path: Path
) -> None:
    to_web(project, web, hosts)
    git("clone", "-q", str(there), str(tmp_path / "clone"), cwd=tmp_path)
    (tmp_path / "clone/theirs.txt").write_text("theirs\n")
    git("add", ".", cwd=tmp_path / "clone")
    git("commit", "-qm", "Theirs", cwd=tmp_path / "clone")
    git("push", "-q", cwd=tmp_path / "clone")
    theirs = git("rev-parse", "main", cwd=there)
    project.apply({"mine.txt": b"mine\n"}, Cause.EDIT, "Mine")
    with pytest.raises(PushRefused, match="not in this project") as refused:
        to_web(project, web, hosts)
    assert refused.value.code == "remote-has-others"
    assert git("rev-parse", "main", cwd=there) == theirs
    assert to_web(project, web, hosts, branch="mine").branch == "mine"
    git("fetch", "-q", str(there), "main", cwd=project.folder)
    with pytest.raises(PushRefused, match="your main line has not"):
        to_web(project, web, hosts)
    assert git("rev-parse", "main", cwd=there) == theirs


def test_a_server_may_refuse(
    project: Project, there: Path, web: WebServer, hosts: KnownHosts
) -> None:
    hook = there / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho protected by the owner\nexit 1\n")
    hook.chmod(0o755)
    said: list[str] = []

    def on_event(event: object) -> None:
        if isinstance(event, LogLine):
            said.append(event.line)

    remote = parse_remote(f"{web.url}/notes.git")
    with pytest.raises(PushRefused) as refused:
        push(project.folder, remote, hosts, token=TOKEN, on_event=on_event)
    assert refused.value.code == "remote-refuses"
    assert "remote: protected by the owner" in said


def test_what_is_not_there(project: Project, web: WebServer, hosts: KnownHosts) -> None:
    nothing = parse_remote(f"{web.url}/nothing.git")
    with pytest.raises(PushRefused, match="no repository") as refused:
        push(project.folder, nothing, hosts, token=TOKEN)
    assert refused.value.code == "no-repository"
    with pytest.raises(PushRefused) as refused:
        push(project.folder, parse_remote("https://127.0.0.1:1/x.git"), hosts, token=TOKEN)
    assert refused.value.code == "unreachable"
    assert TOKEN not in refused.value.message
    with pytest.raises(PushRefused, match="name of a branch"):
        to_web(project, web, hosts, branch="a..b")


def test_a_certificate_that_nobody_vouches_for_is_refused(
    project: Project, web: WebServer, hosts: KnownHosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    git("config", "http.sslVerify", "false", cwd=project.folder)
    with pytest.raises(PushRefused, match="certificate") as refused:
        to_web(project, web, hosts)
    assert refused.value.code == "unreachable"
    assert web.seen == []


def test_a_token_stays_with_its_host(
    project: Project, there: Path, web: WebServer, hosts: KnownHosts, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with https_server(there.parent) as other:
        joined = tmp_path / "both.pem"
        joined.write_bytes(web.authority.read_bytes() + other.authority.read_bytes())
        monkeypatch.setenv("SSL_CERT_FILE", str(joined))
        web.redirect = other.url
        with contextlib.suppress(PushRefused):
            to_web(project, web, hosts)
        assert web.seen
        assert other.seen
        assert all(given is None for _, given in other.seen)


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    with ssh_server(tmp_path) as server:
        monkeypatch.setenv("SSH_AUTH_SOCK", server.agent)
        yield server


def address(sshd: SshServer, there: Path) -> str:
    return f"ssh://{sshd.user}@{sshd.host}:{sshd.port}{there}"


@with_sshd
def test_over_ssh_once_the_host_is_trusted(
    project: Project, there: Path, sshd: SshServer, hosts: KnownHosts, tmp_path: Path
) -> None:
    remote = parse_remote(address(sshd, there))
    with pytest.raises(PushRefused) as refused:
        push(project.folder, remote, hosts)
    assert refused.value.code == "unknown-host"
    assert sshd.fingerprint in refused.value.message
    with pytest.raises(PushRefused, match="does not show") as refused:
        hosts.trust(remote, "SHA256:" + "A" * 43)
    assert not (tmp_path / KNOWN_HOSTS).exists()
    hosts.trust(remote, sshd.fingerprint)
    assert (tmp_path / KNOWN_HOSTS).stat().st_mode & 0o77 == 0
    done = push(project.folder, remote, hosts)
    assert done.commit == git("rev-parse", "main", cwd=there)
    assert push(project.folder, remote, hosts).new == 0


@with_sshd
def test_a_host_whose_key_changes_is_not_spoken_to(
    project: Project, there: Path, hosts: KnownHosts, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with ssh_server(tmp_path / "a") as first:
        monkeypatch.setenv("SSH_AUTH_SOCK", first.agent)
        remote = parse_remote(address(first, there))
        hosts.trust(remote, first.fingerprint)
        push(project.folder, remote, hosts)
    with ssh_server(tmp_path / "b", first.port) as second:
        monkeypatch.setenv("SSH_AUTH_SOCK", second.agent)
        with pytest.raises(PushRefused) as refused:
            push(project.folder, remote, hosts)
    assert refused.value.code == "host-key-changed"


@with_sshd
def test_without_a_key_that_the_host_accepts(
    project: Project, there: Path, sshd: SshServer, hosts: KnownHosts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    remote = parse_remote(address(sshd, there))
    hosts.trust(remote, sshd.fingerprint)
    monkeypatch.setenv("SSH_AUTH_SOCK", "/nowhere")
    with pytest.raises(PushRefused) as refused:
        push(project.folder, remote, hosts)
    assert refused.value.code == "unauthorized"


@with_sshd
def test_a_repository_that_is_not_there_over_ssh(
    project: Project, there: Path, sshd: SshServer, hosts: KnownHosts
) -> None:
    remote = parse_remote(address(sshd, there.with_name("nothing.git")))
    hosts.trust(remote, sshd.fingerprint)
    with pytest.raises(PushRefused, match=r"nothing\.git") as refused:
        push(project.folder, remote, hosts)
    assert refused.value.code == "remote-refuses"


def test_without_ssh(
    project: Project, there: Path, hosts: KnownHosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PushRefused) as refused:
        push(project.folder, parse_remote(f"git@127.0.0.1:{there}"), hosts)
    assert refused.value.code == "no-ssh"

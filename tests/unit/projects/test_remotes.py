"""Addresses of git remotes: what is one, and what is refused without repeating a secret."""

from __future__ import annotations

import pytest

from local_engine.projects.pushing.errors import PushRefused
from local_engine.projects.pushing.remotes import parse_remote

GOOD = {
    "https://github.com/me/notes.git": ("https://github.com/me/notes.git", "git.github.com"),
    "https://me@git.example.com:8443/a/b": (
        "https://me@git.example.com:8443/a/b",
        "git.git.example.com-8443",
    ),
    "http://127.0.0.1:3000/a.git": ("http://127.0.0.1:3000/a.git", "git.127.0.0.1-3000"),
    "ssh://git@host.example:2222/srv/a.git": ("ssh://git@host.example:2222/srv/a.git", None),
    "git@github.com:me/notes.git": ("ssh://git@github.com/~/me/notes.git", None),
    "host:/srv/a.git": ("ssh://host/srv/a.git", None),
    "ssh://[::1]/a.git": ("ssh://[::1]/a.git", None),
}
BAD = {
    "": "no-remote",
    "notes": "no-remote",
    "/srv/notes.git": "no-remote",
    "../notes.git": "no-remote",
    "file:///srv/notes.git": "no-remote",
    "ssh://git@host/~/a%20b.git": "no-remote",
    "ext::sh -c touch% /tmp/evil": "no-remote",
    "git://host/a.git": "no-remote",
    "ftp://host/a.git": "no-remote",
    "C:\\notes.git": "no-remote",
    "C:/notes.git": "no-remote",
    "-oProxyCommand=touch:evil": "no-remote",
    "ssh://-oProxyCommand=evil/a.git": "no-remote",
    "ssh://-l@host/a.git": "no-remote",
    "git@host:-a.git": "no-remote",
    "https://host": "no-remote",
    "https://host/": "no-remote",
    "https://host:99999/a": "no-remote",
    "https://ho st/a": "no-remote",
    "https://host/a\nb": "no-remote",
    "https://host/" + "a" * 1000: "no-remote",
    "https://me:ghp_secret@host/a.git": "secret-in-address",
    "https://host/a.git?token=ghp_secret": "secret-in-address",
    "https://host/a.git#ghp_secret": "secret-in-address",
    "http://host.example/a.git": "not-encrypted",
}


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_read(text: str) -> None:
    remote = parse_remote(text)
    assert (remote.url, remote.secret_name) == GOOD[text]
    assert parse_remote(remote.url) == remote


@pytest.mark.parametrize("text", BAD)
def test_others_are_refused(text: str) -> None:
    with pytest.raises(PushRefused) as refused:
        parse_remote(text)
    assert refused.value.code == BAD[text]
    assert "ghp_secret" not in refused.value.message + refused.value.hint

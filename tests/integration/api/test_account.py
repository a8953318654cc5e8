"""The account over the engine's API, against a real cloud."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from api_operations import NO_KEYS_NO_DOCKER
from cloud_fixtures import cloud, cloud_template, new_cloud_database
from cloud_service import PASSWORD, CloudService
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow

__all__ = ["cloud", "cloud_template", "new_cloud_database"]

PATH = "/api/v1/account"
KEY = "sk-0123456789-abcd"


@pytest.fixture(scope="module")
def signing(cloud: CloudService) -> Iterator[EngineProcess]:
    """An engine whose cloud is this one; where it has no key store, it remembers."""
    with new_home() as home:
        with running_engine(home, **NO_KEYS_NO_DOCKER | {"API_URL": cloud.url}) as engine:
            yield engine
        content = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        for secret in (PASSWORD, KEY):
            assert secret.encode() not in content


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_account_from_joining_to_signing_out(
    signing: EngineProcess, cloud: CloudService
) -> None:
    client, given = signing.client, {"email": "window@example.com", "password": PASSWORD}
    nobody = client.get(PATH).json()
    assert nobody == {"cloud": cloud.url, "email": None, "kept": "memory", "locked": False}
    assert code_of(client.get(f"{PATH}/me")) == (409, "signed-out")
    weak = client.post(f"{PATH}/registration", json=given | {"password": "short"})
    assert code_of(weak) == (422, "invalid")
    assert client.post(f"{PATH}/registration", json=given).status_code == 201
    wrong = client.post(f"{PATH}/session", json=given | {"password": "wrong-guess-123"})
    assert code_of(wrong) == (409, "unauthenticated")
    assert "wrong-guess-123" not in wrong.text
    me = client.post(f"{PATH}/session", json=given).json()
    assert me["email"] == given["email"] == client.get(PATH).json()["email"]
    assert client.get(f"{PATH}/me").json() == me

    assert client.put(f"{PATH}/keys/groq", json={"key": KEY}).json()["last_four"] == "abcd"
    keys = client.get(f"{PATH}/keys")
    assert [key["provider"] for key in keys.json()["keys"]] == ["groq"]
    assert KEY not in keys.text
    # No provider is where the cloud looks for it, so the key may well be good.
    assert client.post(f"{PATH}/keys/groq/test").json()["verdict"] == "unknown"
    assert client.delete(f"{PATH}/keys/groq").status_code == 204
    assert client.delete(f"{PATH}/keys/groq").status_code == 404
    assert client.get(f"{PATH}/usage").json()["generations"]["used"] == 0

    job = client.post(
        "/api/v1/jobs",
        json={"kind": "plan", "prompt": "A simple todo API", "choice": {"via": "cloud"}},
    ).json()["id"]
    events = [event.type for event in follow(client, f"/api/v1/jobs/{job}/events")]
    assert events[-1] == "succeeded"
    assert "found" in events, "the Blueprint is seen growing"
    result = client.get(f"/api/v1/jobs/{job}").json()["result"]
    assert result["making"]["via"] == "cloud"
    created = client.post("/api/v1/projects", json={"planned": job}).json()
    assert list(follow(client, f"/api/v1/jobs/{created['job']['id']}/events"))[-1].type == (
        "succeeded"
    )
    project = created["project"]["id"]
    (version,) = client.get(f"/api/v1/projects/{project}/versions").json()["versions"]
    assert version["making"] == result["making"]
    assert client.get(f"{PATH}/usage").json()["generations"]["used"] == 1

    (device,) = client.get(f"{PATH}/devices").json()["devices"]
    assert device["current"]
    assert client.delete(f"{PATH}/devices/{device['id']}").status_code == 204
    assert code_of(client.get(f"{PATH}/usage")) == (409, "signed-out")
    assert client.get(PATH).json()["email"] is None
    client.post(f"{PATH}/session", json=given)
    assert client.delete(f"{PATH}/session", params={"everywhere": True}).json() == {"told": True}


def test_another_cloud_is_another_sign_in(cloud: CloudService) -> None:
    """The setting holds where the environment names none, and is refused in words."""
    with new_home() as home, running_engine(home, **NO_KEYS_NO_DOCKER | {"API_URL": ""}) as engine:
        client, settings = engine.client, "/api/v1/settings"
        clear = client.patch(settings, json={"cloud_url": "http://cloud.example.com"})
        assert clear.status_code == 422
        assert "in the clear" in clear.json()["detail"]
        assert client.patch(settings, json={"cloud_url": cloud.url}).status_code == 200
        person = cloud.new_person("another")
        given = {"email": person.email, "password": PASSWORD}
        assert client.post(f"{PATH}/session", json=given).status_code == 200
        client.patch(settings, json={"cloud_url": "http://127.0.0.1:9"})
        assert client.get(PATH).json()["email"] is None
        assert code_of(client.post(f"{PATH}/session", json=given)) == (503, "cloud-unreachable")
        assert client.patch(settings, json={"cloud_url": ""}).json()["cloud_url"] == ""
        client.patch(settings, json={"cloud_url": cloud.url})
        assert client.get(PATH).json()["email"] == person.email

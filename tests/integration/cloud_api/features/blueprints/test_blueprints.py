"""Blueprint versions: named by their content, only ever added."""

from __future__ import annotations

import hashlib

from cloud_operations import DIGEST, RESULT, TEXT, new_project, version
from cloud_service import CloudService, Person


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_two_that_go_on_from_one_version_are_both_kept(person: Person) -> None:
    path, _ = new_project(person)
    for text in ("name: A\n", "name: B\n"):
        pushed = person.client.post(f"{path}/blueprints", json=version(text, DIGEST))
        assert pushed.status_code == 201
    found = person.client.get(f"{path}/blueprints").json()["versions"]
    assert [(one["digest"], one["parent"]) for one in found] == [
        (digest_of("name: B\n"), DIGEST),
        (digest_of("name: A\n"), DIGEST),
        (DIGEST, None),
    ]
    assert person.client.get(path).json()["latest"] == digest_of("name: B\n")


def test_a_lost_answer_can_be_repeated(person: Person) -> None:
    path, _ = new_project(person)
    body = version("name: A\n", DIGEST)
    first = person.client.post(f"{path}/blueprints", json=body)
    second = person.client.post(f"{path}/blueprints", json=body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.json()["id"] == body["id"]
    assert len(person.client.get(f"{path}/blueprints").json()["versions"]) == 2


def test_a_return_to_an_earlier_text_is_a_version_of_its_own(person: Person) -> None:
    """Also the second return, whose digest and parent are those of an earlier version."""
    path, _ = new_project(person)
    other = "name: A\n"
    for text, parent in ((other, TEXT), (TEXT, other), (other, TEXT)):
        body = version(text, digest_of(parent))
        assert person.client.post(f"{path}/blueprints", json=body).status_code == 201
    versions = person.client.get(f"{path}/blueprints").json()["versions"]
    assert [one["digest"] for one in versions] == [
        digest_of(other),
        DIGEST,
        digest_of(other),
        DIGEST,
    ]
    assert person.client.get(path).json()["latest"] == digest_of(other)


def test_an_id_means_one_version_of_its_project(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    body = version("name: A\n", DIGEST)
    assert person.client.post(f"{path}/blueprints", json=body).status_code == 201
    other = version("name: B\n", DIGEST) | {"id": body["id"]}
    refused = person.client.post(f"{path}/blueprints", json=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "id-taken")
    # In another project it is free: nobody learns what others have.
    stranger = cloud.new_person("stranger")
    elsewhere, _ = new_project(stranger)
    assert stranger.client.post(f"{elsewhere}/blueprints", json=other).status_code == 201


def test_the_digest_must_be_the_texts(person: Person) -> None:
    path, _ = new_project(person)
    wrong = version("name: Größe\n", DIGEST) | {"digest": DIGEST}
    answer = person.client.post(f"{path}/blueprints", json=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "wrong-digest")
    right = version("name: Größe\n", DIGEST)
    assert person.client.post(f"{path}/blueprints", json=right).status_code == 201
    text = person.client.get(f"{path}/blueprints/{right['digest']}").json()["text"]
    assert text == "name: Größe\n"


def test_what_a_version_refers_to_must_be_there(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    orphan = version("name: A\n", "0" * 64)
    assert person.client.post(f"{path}/blueprints", json=orphan).status_code == 409
    result = RESULT | {"digest": "0" * 64}
    assert person.client.post(f"{path}/verifications", json=result).status_code == 409
    # Nor may it be another project's: the digest alone gives nobody a text.
    other = cloud.new_person("other")
    other_path, _ = new_project(other, "Mine")
    known = person.client.post(f"{path}/blueprints", json=version("name: Secret\n", DIGEST))
    secret = known.json()["digest"]
    assert other.client.get(f"{other_path}/blueprints/{secret}").status_code == 404


def test_a_result_comes_back_as_it_was(person: Person) -> None:
    path, _ = new_project(person)
    pushed = person.client.post(f"{path}/verifications", json=RESULT).json()
    assert pushed["verified_at"] == "2026-11-01T11:00:00Z"
    assert pushed | RESULT | {"verified_at": 0} == pushed | {"verified_at": 0}
    listed = person.client.get(f"{path}/verifications").json()
    assert listed == {"verifications": [pushed], "next": None}


def test_pages_hold_all_once(person: Person) -> None:
    path, _ = new_project(person)
    bodies = [version(f"name: V{number}\n", DIGEST) for number in range(6)]
    for body in bodies:
        person.client.post(f"{path}/blueprints", json=body)
    seen, before = [], None
    for _ in range(4):
        params = {"limit": "3"} | ({"before": before} if before else {})
        page = person.client.get(f"{path}/blueprints", params=params).json()
        seen += [one["id"] for one in page["versions"]]
        before = page["next"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen[:-1] == [body["id"] for body in reversed(bodies)]


def test_an_engine_names_its_project(cloud: CloudService, person: Person) -> None:
    wanted = "0f0f0f0f-0000-4000-8000-0123456789ab"
    body = {"id": wanted, "name": "Shop"}
    first, second = (person.client.post("/projects", json=body) for _ in range(2))
    assert first.json() == second.json()
    assert first.json()["id"] == wanted
    other = cloud.new_person("other").client.post("/projects", json=body)
    assert other.status_code == 409
    assert person.client.post("/projects", json=body | {"name": "X"}).status_code == 409


def test_an_export_holds_what_was_pushed(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    person.client.post(f"{path}/verifications", json=RESULT)
    cloud.verify(person)
    person.client.post(f"{path}/shares", json={"role": "viewer", "email": "x@example.com"})
    data = person.client.get("/auth/account/export").json()["data"]
    assert [row["name"] for row in data["projects"]] == ["Shop"]
    assert [row["text"] for row in data["blueprints"]] == [TEXT]
    assert [row["passed"] for row in data["verifications"]] == [412]
    assert [row["email"] for row in data["shares"]] == ["x@example.com"]

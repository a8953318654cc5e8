"""Shares: by address only for whoever shows that it is theirs; by link; until taken back."""

from __future__ import annotations

from cloud_operations import new_project
from cloud_service import CloudService, Person


def share(owner: Person, path: str, **body: object) -> dict[str, object]:
    answer = owner.client.post(f"{path}/shares", json={"role": "viewer", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def names(person: Person) -> list[str]:
    return [one["name"] for one in person.client.get("/projects").json()["projects"]]


def test_an_address_counts_once_it_is_verified(cloud: CloudService, person: Person) -> None:
    """Whoever joins with somebody else's address sees nothing of what is shared with it."""
    cloud.verify(person)
    path, _ = new_project(person, "For you")
    email = "invited-" + person.email
    given = share(person, path, email=email.upper())
    assert given["token"] is None
    assert "For you" in cloud.mails_to(email)[0]
    body = {"email": email, "password": "a good enough password"}
    assert cloud.client.post("/auth/register", json=body).status_code == 201
    guest = Person(email, cloud.new_client())
    guest.sign_in("a good enough password")
    assert guest.client.get(path).status_code == 404
    assert names(guest) == []
    code = cloud.code_for(email, 2)
    assert guest.client.post("/auth/email/verify", json={"code": code}).status_code == 204
    assert guest.client.get(path).json()["role"] == "viewer"
    assert names(guest) == ["For you"]
    share(person, path, email=email, role="editor")
    assert guest.client.get(path).json()["role"] == "editor"
    assert len(person.client.get(f"{path}/shares").json()["shares"]) == 1
    assert guest.client.post(f"{path}/leave").status_code == 204
    assert guest.client.get(path).status_code == 404


def test_no_mails_are_sent_through_the_service(cloud: CloudService, person: Person) -> None:
    """Only a verified account has mails sent to others, and nobody gets many."""
    path, _ = new_project(person, "Buy this")
    body = {"role": "viewer", "email": "victim-" + person.email}
    assert person.client.post(f"{path}/shares", json=body).status_code == 403
    assert person.client.post(f"{path}/shares", json={"role": "viewer"}).status_code == 201
    cloud.verify(person)
    answers = [person.client.post(f"{path}/shares", json=body).status_code for _ in range(6)]
    assert answers == [201] * 5 + [429]
    joining = {"email": body["email"], "password": "a good enough password"}
    assert cloud.client.post("/auth/register", json=joining).status_code == 429


def test_a_link_lets_in_until_it_is_taken_back(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    given = share(person, path)
    guests = [cloud.new_person("guest") for _ in range(2)]
    for guest in guests:
        body = {"token": given["token"]}
        for _ in range(2):
            assert guest.client.post("/shares/accept", json=body).status_code == 200
    (listed,) = person.client.get(f"{path}/shares").json()["shares"]
    assert listed["accepted"] == 2
    assert str(given["token"]) not in str(listed)
    assert person.client.delete(f"{path}/shares/{listed['id']}").status_code == 204
    for guest in guests:
        assert guest.client.get(path).status_code == 404
    refused = guests[0].client.post("/shares/accept", json={"token": given["token"]})
    assert refused.json()["errors"][0]["code"] == "bad-token"


def test_the_owner_stays_the_owner(person: Person) -> None:
    path, _ = new_project(person)
    given = share(person, path)
    accepted = person.client.post("/shares/accept", json={"token": given["token"]})
    assert accepted.json()["role"] == "owner"
    (listed,) = person.client.get(f"{path}/shares").json()["shares"]
    assert listed["accepted"] == 0
    own = person.client.post(f"{path}/shares", json={"role": "viewer", "email": person.email})
    assert own.status_code == 422


def test_a_share_ends_by_itself(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    given = share(person, path, expires_in_days=1)
    guest = cloud.new_person("guest")
    guest.client.post("/shares/accept", json={"token": given["token"]})
    assert guest.client.get(path).status_code == 200
    cloud.execute(
        "UPDATE shares SET expires_at = now() WHERE id = %(id)s::uuid",
        id=given["share"]["id"],  # type: ignore[index]
    )
    assert guest.client.get(path).status_code == 404
    assert names(guest) == []
    again = guest.client.post("/shares/accept", json={"token": given["token"]})
    assert again.status_code == 422


def test_the_strongest_of_several_shares_counts(cloud: CloudService, person: Person) -> None:
    path, _ = new_project(person)
    weak, strong = share(person, path), share(person, path, role="editor")
    guest = cloud.new_person("guest")
    for given in (strong, weak):
        guest.client.post("/shares/accept", json={"token": given["token"]})
    assert guest.client.get(path).json()["role"] == "editor"

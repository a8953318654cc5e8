"""Clinics: tenants that never see each other, roles of members, a field for some eyes only."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from emitted_service import SignIn, created, refusal, user_id

PROJECT = "clinics"


class Clinic:
    """A clinic with one member of each role."""

    def __init__(self, sign_in: SignIn, name: str) -> None:
        self.manager = sign_in(f"{name}-manager")
        self.dentist = sign_in(f"{name}-dentist")
        self.receptionist = sign_in(f"{name}-receptionist")
        self.path = f"/clinics/{created(self.manager, '/clinics', name=name)['id']}"
        self.staff = {
            role: created(self.manager, f"{self.path}/staff", user_id=user_id(client), role=role)
            for role, client in (("dentist", self.dentist), ("receptionist", self.receptionist))
        }

    def patient(self, number: str) -> dict[str, Any]:
        return created(
            self.receptionist,
            f"{self.path}/patients",
            name="Pat",
            born_on="1990-01-01",
            insurance_no=number,
        )

    def booking(self, patient: dict[str, Any], hour: int) -> httpx.Response:
        body = {
            "patient_id": patient["id"],
            "dentist_id": self.staff["dentist"]["id"],
            "starts_at": f"2040-01-01T{hour:02d}:00:00Z",
            "ends_at": f"2040-01-01T{hour + 1:02d}:00:00Z",
        }
        return self.receptionist.post(f"{self.path}/appointments", json=body)


@pytest.fixture(scope="module")
def north(sign_in: SignIn) -> Clinic:
    return Clinic(sign_in, "north")


@pytest.fixture(scope="module")
def south(sign_in: SignIn) -> Clinic:
    return Clinic(sign_in, "south")


def test_another_clinic_does_not_exist(
    north: Clinic, south: Clinic, anonymous: httpx.Client
) -> None:
    patient = north.patient("A-1")
    address = f"{north.path}/patients/{patient['id']}"
    stranger = south.receptionist
    unknown = stranger.get("/clinics/0198c7a4-5e6f-7abc-8def-0123456789ab/patients")
    assert unknown.status_code == 404
    for answer in (
        stranger.get(f"{north.path}/patients"),
        stranger.get(f"{north.path}/patients?nonsense=1"),
        stranger.get(address),
        stranger.patch(address, json={"name": "x"}),
        stranger.delete(address),
        stranger.post(f"{north.path}/patients", json={}),
        stranger.get(f"{south.path}/patients/{patient['id']}"),
        stranger.get(north.path),
    ):
        assert answer.status_code == 404
        assert answer.json()["detail"] == unknown.json()["detail"]
    assert anonymous.get(address).status_code == 401
    assert south.patient("A-1")["insurance_no"] == "A-1"  # unique within a clinic
    taken = north.receptionist.post(
        f"{north.path}/patients",
        json={"name": "Q", "born_on": "1990-01-01", "insurance_no": "A-1"},
    )
    assert refusal(taken) == (409, "patient.insurance_no.unique")


def test_members_do_what_their_role_may(north: Clinic) -> None:
    patient = north.patient("B-1")
    address = f"{north.path}/patients/{patient['id']}"
    assert north.dentist.get(address).status_code == 200
    assert north.dentist.patch(address, json={"name": "x"}).status_code == 403
    assert north.receptionist.patch(address, json={"name": "Quinn"}).status_code == 200
    assert north.receptionist.delete(address).status_code == 403
    assert north.manager.delete(address).status_code == 204


def test_some_fields_are_for_some_eyes(north: Clinic) -> None:
    patient = north.patient("C-1")
    address = f"{north.path}/patients/{patient['id']}"
    assert patient["insurance_no"] == "C-1"
    for client in (north.dentist, north.manager):
        assert "insurance_no" not in client.get(address).json()
        listed = client.get(f"{north.path}/patients").json()["items"]
        assert all("insurance_no" not in row for row in listed)


def test_a_rule_of_the_input_is_told_first(north: Clinic) -> None:
    body = {"name": "Baby", "born_on": "2999-01-01", "insurance_no": "D-1"}
    answer = north.receptionist.post(f"{north.path}/patients", json=body)
    assert refusal(answer) == (422, "patient.born_on.check")
    assert north.dentist.post(f"{north.path}/patients", json=body).status_code == 422
    body["born_on"] = "1999-01-01"
    assert north.dentist.post(f"{north.path}/patients", json=body).status_code == 403


def test_references_stay_within_the_clinic(north: Clinic, south: Clinic) -> None:
    patient, foreign = north.patient("E-1"), south.patient("E-1")
    assert refusal(north.booking(foreign, 8)) == (422, "/patient_id")
    body = {
        "patient_id": patient["id"],
        "dentist_id": north.staff["receptionist"]["id"],
        "starts_at": "2040-01-01T08:00:00Z",
        "ends_at": "2040-01-01T09:00:00Z",
    }
    refused = north.receptionist.post(f"{north.path}/appointments", json=body)
    assert refusal(refused) == (422, "/dentist_id")
    outsider = {"user_id": "0198c7a4-5e6f-7abc-8def-0123456789ab", "role": "dentist"}
    assert refusal(north.manager.post(f"{north.path}/staff", json=outsider)) == (422, "/user_id")


def test_not_even_for_a_member_of_both(sign_in: SignIn, north: Clinic, south: Clinic) -> None:
    both = sign_in("both")
    for clinic in (north, south):
        body = {"user_id": user_id(both), "role": "receptionist"}
        created(clinic.manager, f"{clinic.path}/staff", **body)
    foreign = south.patient("G-1")
    assert both.get(f"{south.path}/patients/{foreign['id']}").status_code == 200
    assert both.get(f"{north.path}/patients/{foreign['id']}").status_code == 404
    body = {
        "patient_id": foreign["id"],
        "dentist_id": north.staff["dentist"]["id"],
        "starts_at": "2040-02-01T08:00:00Z",
        "ends_at": "2040-02-01T09:00:00Z",
    }
    assert refusal(both.post(f"{north.path}/appointments", json=body)) == (422, "/patient_id")


def test_appointments_do_not_overlap(north: Clinic) -> None:
    patient = north.patient("F-1")
    first = north.booking(patient, 10)
    assert first.status_code == 201
    assert refusal(north.booking(patient, 10)) == (409, "appointment.no_overlap")
    assert north.booking(patient, 11).status_code == 201
    address = f"{north.path}/appointments/{first.json()['id']}"
    turned = north.receptionist.patch(address, json={"ends_at": "2040-01-01T09:00:00Z"})
    assert turned.status_code == 422
    assert north.booking(patient, 12).status_code == 201
    assert refusal(north.booking(patient, 14)) == (409, "appointment.at_most")

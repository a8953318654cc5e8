"""Tenants never meet, and go as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from database_catalog import Connection
from relational_blueprints import CLINICS
from schema_of_text import USER, insert, value, violated

Opened = Callable[[str], Connection]

BOOK = (
    "INSERT INTO appointments (clinic_id, patient_id, dentist_id, starts_at, ends_at) "
    "VALUES (%s, %s, %s, %s, %s)"
)
AT = ("2030-01-01 10:00+00", "2030-01-01 11:00+00")


@dataclass(frozen=True)
class Clinic:
    id: str
    dentist: str
    manager: str
    patient: str


def _clinic(connection: Connection, name: str) -> Clinic:
    clinic = insert(connection, "clinics", name=name)
    user = f"{USER[:-1]}{len(name)}"
    connection.execute(
        "INSERT INTO users (id, email, password_hash) VALUES (%s, %s, 'x') ON CONFLICT DO NOTHING",
        (user, f"{name}@example.org"),
    )
    people = [
        insert(connection, "staff_members", clinic_id=clinic, user_id=who, role=role)
        for who, role in ((USER, "dentist"), (user, "manager"))
    ]
    patient = insert(connection, "patients", clinic_id=clinic, name="P", insurance_no="1")
    return Clinic(clinic, people[0], people[1], patient)


@pytest.fixture
def connection(opened: Opened) -> Connection:
    return opened(CLINICS)


def test_uniqueness_is_per_tenant(connection: Connection) -> None:
    one, _ = _clinic(connection, "ab"), _clinic(connection, "abc")
    again = "INSERT INTO patients (clinic_id, name, insurance_no) VALUES (%s, 'Q', '1')"
    assert violated(connection, again, one.id) == "patient_insurance_no_unique"


def test_references_stay_within_the_tenant(connection: Connection) -> None:
    one, two = _clinic(connection, "ab"), _clinic(connection, "abc")
    assert (
        violated(connection, BOOK, one.id, two.patient, one.dentist, *AT)
        == "appointments_patient_id_fkey"
    )
    assert (
        violated(connection, BOOK, one.id, one.patient, two.dentist, *AT)
        == "appointments_dentist_id_fkey"
    )
    connection.execute(BOOK.encode(), (one.id, one.patient, one.dentist, *AT))


def test_where_of_a_relation(connection: Connection) -> None:
    one = _clinic(connection, "ab")
    name = "appointment_dentist_where"
    assert violated(connection, BOOK, one.id, one.patient, one.manager, *AT) == name
    connection.execute(BOOK.encode(), (one.id, one.patient, one.dentist, *AT))
    connection.execute("UPDATE staff_members SET role = 'receptionist'")
    connection.execute("UPDATE appointments SET ends_at = ends_at + interval '1 hour'")


def test_intervals_overlap_unless_the_row_does_not_count(connection: Connection) -> None:
    one = _clinic(connection, "ab")
    connection.execute(BOOK.encode(), (one.id, one.patient, one.dentist, *AT))
    again = violated(connection, BOOK, one.id, one.patient, one.dentist, *AT)
    assert again == "appointment_no_overlap"
    connection.execute("UPDATE appointments SET status = 'cancelled'")
    connection.execute(BOOK.encode(), (one.id, one.patient, one.dentist, *AT))
    back = "UPDATE appointments SET status = 'booked'"
    assert violated(connection, back) == "appointment_no_overlap"


def test_at_most_counts_rows_that_come_to_count(connection: Connection) -> None:
    one = _clinic(connection, "ab")
    for hour in range(4):
        times = (f"2030-01-01 {hour}:00+00", f"2030-01-01 {hour}:30+00")
        state = "'cancelled'" if hour == 3 else "'booked'"
        statement = BOOK.replace("ends_at)", "ends_at, status)").replace("%s)", f"%s, {state})")
        connection.execute(statement.encode(), (one.id, one.patient, one.dentist, *times))
    late = ("2030-01-02 10:00+00", "2030-01-02 11:00+00")
    assert (
        violated(connection, BOOK, one.id, one.patient, one.dentist, *late) == "appointment_at_most"
    )
    book = "UPDATE appointments SET status = 'booked'"
    assert violated(connection, book) == "appointment_at_most"
    connection.execute("UPDATE appointments SET ends_at = ends_at + interval '1 minute'")


def test_append_only_rows_stay(connection: Connection) -> None:
    one = _clinic(connection, "ab")
    insert(connection, "bookings", clinic_id=one.id, patient_id=one.patient, amount=5)
    assert violated(connection, "UPDATE bookings SET amount = 6") == "booking_append_only"
    assert violated(connection, "DELETE FROM bookings") == "booking_append_only"
    assert violated(connection, "DELETE FROM patients") == "bookings_patient_id_fkey"


def test_a_tenant_goes_with_everything_in_any_order(connection: Connection) -> None:
    one, two = _clinic(connection, "ab"), _clinic(connection, "abc")
    for clinic in (one, two):
        connection.execute(BOOK.encode(), (clinic.id, clinic.patient, clinic.dentist, *AT))
        for amount in (100, -60, -40, 7):  # on the way down the sum would be negative
            insert(
                connection,
                "bookings",
                clinic_id=clinic.id,
                patient_id=clinic.patient,
                amount=amount,
            )
    connection.execute("DELETE FROM clinics WHERE id = %s", (one.id,))
    for table in ("staff_members", "patients", "bookings", "appointments"):
        left = connection.execute(f"SELECT DISTINCT clinic_id::text FROM {table}".encode())
        assert left.fetchall() == [(two.id,)]
    assert value(connection, "SELECT credit FROM patients") == 7

"""Demo data: `python -m app seed`."""

from typing import Any

from app.appointments import repository as appointments
from app.appointments.schemas import AppointmentCreate
from app.clinics import repository as clinics
from app.clinics.schemas import ClinicCreate
from app.core.db import Connection
from app.patients import repository as patients
from app.patients.schemas import PatientCreate
from app.profile import PROFILE
from app.rows.demo import Demo, Kind, Ref, Row, UserRef
from app.staff import repository as staff
from app.staff.schemas import StaffCreate

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"roles": ["admin"]},
    "emil": {"roles": []},
    "ben": {"roles": ["admin"]},
    "clara": {"roles": []},
    "david": {"roles": []},
    "staff_receptionist": {"roles": []},
}

KINDS = {
    "clinic": Kind(clinics.create, ClinicCreate),
    "staff": Kind(staff.create, StaffCreate),
    "patient": Kind(patients.create, PatientCreate),
    "appointment": Kind(appointments.create, AppointmentCreate),
}

ROWS: list[Row] = [
    Row("clinic", "anna", {"name": "Lakeside clinic"}),
    Row("staff", "anna", {"role": "dentist", "user_id": UserRef("emil")}, (Ref("clinic"),)),
    Row("staff", "anna", {"role": "receptionist", "user_id": UserRef("ben")}, (Ref("clinic"),)),
    Row("staff", "anna", {"role": "manager", "user_id": UserRef("clara")}, (Ref("clinic"),)),
    Row("staff", "anna", {"role": "dentist", "user_id": UserRef("david")}, (Ref("clinic"),)),
    Row(
        "staff",
        "anna",
        {"user_id": UserRef("staff_receptionist"), "role": "receptionist"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Ada Byron", "born_on": "2015-09-19", "insurance_no": "Insurance no 1"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Ben Okafor", "born_on": "2014-08-18", "insurance_no": "Insurance no 2"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Clara Weiss", "born_on": "2013-07-17", "insurance_no": "Insurance no 3"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "David Chen", "born_on": "2012-06-15", "insurance_no": "Insurance no 4"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Elif Kaya", "born_on": "2011-05-15", "insurance_no": "Insurance no 5"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Felix Braun", "born_on": "2010-04-13", "insurance_no": "Insurance no 6"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Grace Moreau", "born_on": "2009-03-12", "insurance_no": "Insurance no 7"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Hugo Silva", "born_on": "2008-02-09", "insurance_no": "Insurance no 8"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Ines Costa", "born_on": "2007-01-08", "insurance_no": "Insurance no 9"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Jonas Berg", "born_on": "2005-12-07", "insurance_no": "Insurance no 10"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Kira Novak", "born_on": "2004-11-05", "insurance_no": "Insurance no 11"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Leo Rossi", "born_on": "2003-10-05", "insurance_no": "Insurance no 12"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Mara Lindt", "born_on": "2002-09-03", "insurance_no": "Insurance no 13"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Noah Fischer", "born_on": "2001-08-02", "insurance_no": "Insurance no 14"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Olga Petrova", "born_on": "2000-07-01", "insurance_no": "Insurance no 15"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Pablo Ruiz", "born_on": "1999-05-31", "insurance_no": "Insurance no 16"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Quinn Walsh", "born_on": "1998-04-29", "insurance_no": "Insurance no 17"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Rosa Marino", "born_on": "1997-03-28", "insurance_no": "Insurance no 18"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Samir Haddad", "born_on": "1996-02-25", "insurance_no": "Insurance no 19"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Tove Larsen", "born_on": "1995-01-24", "insurance_no": "Insurance no 20"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Uma Patel", "born_on": "1993-12-23", "insurance_no": "Insurance no 21"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Viktor Horn", "born_on": "1992-11-21", "insurance_no": "Insurance no 22"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Wanda Kowal", "born_on": "1991-10-21", "insurance_no": "Insurance no 23"},
        (Ref("clinic"),),
    ),
    Row(
        "patient",
        "staff_receptionist",
        {"name": "Yuki Tanaka", "born_on": "1990-09-19", "insurance_no": "Insurance no 24"},
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-08-20T09:00:00+00:00",
            "ends_at": "2026-08-20T10:00:00+00:00",
            "patient_id": Ref("patient"),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-08-23T11:00:00+00:00",
            "ends_at": "2026-08-23T12:00:00+00:00",
            "patient_id": Ref("patient", 5),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-08-26T13:00:00+00:00",
            "ends_at": "2026-08-26T14:00:00+00:00",
            "patient_id": Ref("patient", 10),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-08-29T15:00:00+00:00",
            "ends_at": "2026-08-29T16:00:00+00:00",
            "patient_id": Ref("patient", 15),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-01T09:00:00+00:00",
            "ends_at": "2026-09-01T10:00:00+00:00",
            "patient_id": Ref("patient", 20),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-04T11:00:00+00:00",
            "ends_at": "2026-09-04T12:00:00+00:00",
            "patient_id": Ref("patient", 1),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-07T13:00:00+00:00",
            "ends_at": "2026-09-07T14:00:00+00:00",
            "patient_id": Ref("patient", 6),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-10T15:00:00+00:00",
            "ends_at": "2026-09-10T16:00:00+00:00",
            "patient_id": Ref("patient", 11),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-13T09:00:00+00:00",
            "ends_at": "2026-09-13T10:00:00+00:00",
            "patient_id": Ref("patient", 16),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-16T11:00:00+00:00",
            "ends_at": "2026-09-16T12:00:00+00:00",
            "patient_id": Ref("patient", 21),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-19T13:00:00+00:00",
            "ends_at": "2026-09-19T14:00:00+00:00",
            "patient_id": Ref("patient", 2),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-22T15:00:00+00:00",
            "ends_at": "2026-09-22T16:00:00+00:00",
            "patient_id": Ref("patient", 7),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-25T09:00:00+00:00",
            "ends_at": "2026-09-25T10:00:00+00:00",
            "patient_id": Ref("patient", 12),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-09-28T11:00:00+00:00",
            "ends_at": "2026-09-28T12:00:00+00:00",
            "patient_id": Ref("patient", 17),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-01T13:00:00+00:00",
            "ends_at": "2026-10-01T14:00:00+00:00",
            "patient_id": Ref("patient", 22),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-04T15:00:00+00:00",
            "ends_at": "2026-10-04T16:00:00+00:00",
            "patient_id": Ref("patient", 3),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-07T09:00:00+00:00",
            "ends_at": "2026-10-07T10:00:00+00:00",
            "patient_id": Ref("patient", 8),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-10T11:00:00+00:00",
            "ends_at": "2026-10-10T12:00:00+00:00",
            "patient_id": Ref("patient", 13),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-13T13:00:00+00:00",
            "ends_at": "2026-10-13T14:00:00+00:00",
            "patient_id": Ref("patient", 18),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-16T15:00:00+00:00",
            "ends_at": "2026-10-16T16:00:00+00:00",
            "patient_id": Ref("patient", 23),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-19T09:00:00+00:00",
            "ends_at": "2026-10-19T10:00:00+00:00",
            "patient_id": Ref("patient", 4),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-22T11:00:00+00:00",
            "ends_at": "2026-10-22T12:00:00+00:00",
            "patient_id": Ref("patient", 9),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-25T13:00:00+00:00",
            "ends_at": "2026-10-25T14:00:00+00:00",
            "patient_id": Ref("patient", 14),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
    Row(
        "appointment",
        "staff_receptionist",
        {
            "starts_at": "2026-10-28T15:00:00+00:00",
            "ends_at": "2026-10-28T16:00:00+00:00",
            "patient_id": Ref("patient", 19),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS).fill(connection, PROFILE)

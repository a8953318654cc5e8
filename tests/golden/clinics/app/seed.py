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
    "newcomer": {"roles": []},
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
    Row("staff", "anna", {"role": "dentist", "user_id": UserRef("newcomer")}, (Ref("clinic"),)),
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
            "starts_at": "2060-01-15T09:00:00+00:00",
            "ends_at": "2060-01-16T09:00:00+00:00",
            "patient_id": Ref("patient"),
            "dentist_id": Ref("staff"),
        },
        (Ref("clinic"),),
    ),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS).fill(connection, PROFILE)

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
from app.rows.demo import demo_people
from app.staff import repository as staff
from app.staff.schemas import StaffCreate

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin"]},
    "staff_receptionist": {"roles": []},
    "newcomer": {"roles": []},
}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    clinic_key, *_ = await clinics.create(
        connection, people["owner"], ClinicCreate.model_validate({"name": "Name"})
    )
    staff_key, *_ = await staff.create(
        connection,
        people["owner"],
        clinic_key,
        StaffCreate.model_validate({"role": "dentist", "user_id": str(people["newcomer"].id)}),
    )
    await staff.create(
        connection,
        people["owner"],
        clinic_key,
        StaffCreate.model_validate(
            {"user_id": str(people["staff_receptionist"].id), "role": "receptionist"}
        ),
    )
    patient_key, *_ = await patients.create(
        connection,
        people["staff_receptionist"],
        clinic_key,
        PatientCreate.model_validate(
            {"name": "Name", "born_on": "2000-01-15", "insurance_no": "Insurance no"}
        ),
    )
    await appointments.create(
        connection,
        people["staff_receptionist"],
        clinic_key,
        AppointmentCreate.model_validate(
            {
                "starts_at": "2060-01-15T09:00:00+00:00",
                "ends_at": "2060-01-16T09:00:00+00:00",
                "patient_id": str(patient_key),
                "dentist_id": str(staff_key),
            },
        ),
    )

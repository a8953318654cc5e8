"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan, Ref, UserRef

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin"]},
    "second": {"roles": ["admin"]},
    "newcomer": {"roles": []},
    "staff_receptionist": {"roles": []},
    "staff_dentist": {"roles": []},
    "stranger": {"roles": []},
}

PLANS: dict[str, Plan] = {
    "clinic": Plan("/clinics", "owner", {"name": "Name"}),
    "staff": Plan(
        "/clinics/{clinic}/staff", "owner", {"role": "dentist", "user_id": UserRef("newcomer")}
    ),
    "patient": Plan(
        "/clinics/{clinic}/patients",
        "staff_receptionist",
        {"name": "Name", "born_on": "2000-01-15", "insurance_no": "Insurance no"},
    ),
    "appointment": Plan(
        "/clinics/{clinic}/appointments",
        "staff_receptionist",
        {
            "starts_at": "2060-01-15T09:00:00+00:00",
            "ends_at": "2060-01-16T09:00:00+00:00",
            "patient_id": Ref("patient"),
            "dentist_id": Ref("staff"),
        },
    ),
    "staff_receptionist": Plan(
        "/clinics/{clinic}/staff",
        "owner",
        {"user_id": UserRef("staff_receptionist"), "role": "receptionist"},
    ),
    "staff_dentist": Plan(
        "/clinics/{clinic}/staff", "owner", {"user_id": UserRef("staff_dentist"), "role": "dentist"}
    ),
}

"""The rules that the database keeps, by constraint, and what clients are told of them."""

from app.core.rules import Reference, Rule, Rules

RULES: Rules = {
    "users_email_key": Rule(
        "user.email.unique",
        "There is an account with this e-mail address already.",
        pointer="/email",
        code="taken",
    ),
    "users_last_admin": Rule(
        "user.last_admin", "This is the last active admin: make somebody else an admin first."
    ),
    "clinic_name_min": Rule("clinic.name.min", "Name must be at least 1 character."),
    "clinic_name_max": Rule("clinic.name.max", "Name must be at most 120 characters."),
    "staff_role_values": Rule("staff.role.values", "Role is not one of its values."),
    "staff_unique": Rule("staff.unique", "There is one with the same user already."),
    "staff_clinic_id_fkey": Reference("Staff"),
    "staff_user_id_fkey": Reference("Staff", "/user_id"),
    "patient_name_min": Rule("patient.name.min", "Name must be at least 1 character."),
    "patient_name_max": Rule("patient.name.max", "Name must be at most 120 characters."),
    "patient_born_on_range": Rule("patient.born_on.range", "born_on is out of range."),
    "patient_insurance_no_min": Rule(
        "patient.insurance_no.min", "insurance_no must be at least 1 character."
    ),
    "patient_insurance_no_max": Rule(
        "patient.insurance_no.max", "insurance_no must be at most 255 characters."
    ),
    "patient_insurance_no_unique": Rule(
        "patient.insurance_no.unique", "This insurance_no is taken."
    ),
    "patient_born_on_check": Rule(
        "patient.born_on.check",
        "born_on must meet: born_on <= today().",
        status=422,
        pointer="/born_on",
    ),
    "patients_clinic_id_fkey": Reference("Patient"),
    "appointment_starts_at_range": Rule(
        "appointment.starts_at.range", "starts_at is out of range."
    ),
    "appointment_ends_at_range": Rule("appointment.ends_at.range", "ends_at is out of range."),
    "appointment_status": Rule("appointment.status", "Status is not one of its states."),
    "appointment_check": Rule(
        "appointment.check", "This must hold: ends_at > starts_at.", status=422
    ),
    "appointment_no_overlap": Rule(
        "appointment.no_overlap", "This overlaps with another one for the same dentist."
    ),
    "appointment_no_overlap_order": Rule(
        "appointment.no_overlap",
        "starts_at must be before ends_at.",
        status=422,
        pointer="/ends_at",
        code="order",
    ),
    "appointment_at_most": Rule("appointment.at_most", "There may be at most 3 for each patient."),
    "appointments_clinic_id_fkey": Reference("Appointment"),
    "appointments_patient_id_fkey": Reference("Appointment", "/patient_id"),
    "appointments_dentist_id_fkey": Reference("Appointment", "/dentist_id"),
    "appointment_dentist_where": Rule(
        "appointment.dentist.where",
        "There is no such row.",
        status=422,
        pointer="/dentist_id",
        code="reference",
    ),
}

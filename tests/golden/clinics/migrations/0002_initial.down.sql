ALTER TABLE staff
    DROP CONSTRAINT staff_clinic_id_fkey;
ALTER TABLE staff
    DROP CONSTRAINT staff_user_id_fkey;
ALTER TABLE patients
    DROP CONSTRAINT patients_clinic_id_fkey;
ALTER TABLE appointments
    DROP CONSTRAINT appointments_clinic_id_fkey;
ALTER TABLE appointments
    DROP CONSTRAINT appointments_patient_id_fkey;
ALTER TABLE appointments
    DROP CONSTRAINT appointments_dentist_id_fkey;

DROP TABLE clinics, staff, patients, appointments;

DROP FUNCTION patient_born_on_check();
DROP FUNCTION appointment_dentist_where();
DROP FUNCTION appointment_at_most();

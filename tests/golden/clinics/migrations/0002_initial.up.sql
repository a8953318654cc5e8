CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- clinics
-- --------------------
CREATE TABLE clinics (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    name        text COLLATE "pg_c_utf8"  NOT NULL,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT clinics_pkey PRIMARY KEY (id),
    CONSTRAINT clinic_name_min CHECK (char_length(name) >= 1),
    CONSTRAINT clinic_name_max CHECK (char_length(name) <= 120)
);

CREATE INDEX clinics_created_at_id_idx ON clinics (created_at, id);

-- staff
-- --------------------
CREATE TABLE staff (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    clinic_id   uuid                      NOT NULL,
    user_id     uuid                      NOT NULL,
    role        text COLLATE "pg_c_utf8"  NOT NULL,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT staff_pkey PRIMARY KEY (id),
    CONSTRAINT staff_role_values CHECK (role IN ('dentist', 'receptionist', 'manager')),
    CONSTRAINT staff_unique UNIQUE (clinic_id, user_id),
    CONSTRAINT staff_clinic_id_id_key UNIQUE (clinic_id, id),
    CONSTRAINT staff_clinic_id_fkey
        FOREIGN KEY (clinic_id) REFERENCES clinics (id) ON DELETE CASCADE,
    CONSTRAINT staff_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX staff_clinic_id_created_at_id_idx ON staff (clinic_id, created_at, id);
CREATE INDEX staff_user_id_created_at_id_idx ON staff (user_id, created_at, id);

-- patients
-- --------------------
CREATE TABLE patients (
    id            uuid                      NOT NULL DEFAULT uuidv7(),
    clinic_id     uuid                      NOT NULL,
    name          text COLLATE "pg_c_utf8"  NOT NULL,
    born_on       date                      NOT NULL,
    insurance_no  text COLLATE "pg_c_utf8"  NOT NULL,
    version       bigint                    NOT NULL DEFAULT 1,
    created_at    timestamptz               NOT NULL DEFAULT now(),
    updated_at    timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT patients_pkey PRIMARY KEY (id),
    CONSTRAINT patient_name_min CHECK (char_length(name) >= 1),
    CONSTRAINT patient_name_max CHECK (char_length(name) <= 120),
    CONSTRAINT patient_born_on_range CHECK (born_on BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT patient_insurance_no_min CHECK (char_length(insurance_no) >= 1),
    CONSTRAINT patient_insurance_no_max CHECK (char_length(insurance_no) <= 255),
    CONSTRAINT patient_insurance_no_unique UNIQUE (clinic_id, insurance_no),
    CONSTRAINT patients_clinic_id_id_key UNIQUE (clinic_id, id),
    CONSTRAINT patients_clinic_id_fkey
        FOREIGN KEY (clinic_id) REFERENCES clinics (id) ON DELETE CASCADE
);

CREATE INDEX patients_clinic_id_created_at_id_idx ON patients (clinic_id, created_at, id);
CREATE INDEX patients_search_idx ON patients USING gin
    ((lower(name COLLATE "pg_c_utf8")) gin_trgm_ops);

-- appointments
-- --------------------
CREATE TABLE appointments (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    clinic_id   uuid                      NOT NULL,
    patient_id  uuid                      NOT NULL,
    dentist_id  uuid                      NOT NULL,
    starts_at   timestamptz               NOT NULL,
    ends_at     timestamptz               NOT NULL,
    status      text COLLATE "pg_c_utf8"  NOT NULL DEFAULT 'booked',
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT appointments_pkey PRIMARY KEY (id),
    CONSTRAINT appointment_starts_at_range
        CHECK (starts_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT appointment_ends_at_range
        CHECK (ends_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT appointment_status CHECK (status IN ('booked', 'cancelled', 'done')),
    CONSTRAINT appointment_check CHECK (ends_at > starts_at),
    CONSTRAINT appointment_no_overlap_order CHECK (starts_at < ends_at),
    CONSTRAINT appointment_no_overlap
        EXCLUDE USING gist (clinic_id WITH =, dentist_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
            WHERE (status <> 'cancelled'),
    CONSTRAINT appointments_clinic_id_fkey
        FOREIGN KEY (clinic_id) REFERENCES clinics (id) ON DELETE CASCADE,
    CONSTRAINT appointments_patient_id_fkey
        FOREIGN KEY (clinic_id, patient_id) REFERENCES patients (clinic_id, id) ON DELETE RESTRICT,
    CONSTRAINT appointments_dentist_id_fkey
        FOREIGN KEY (clinic_id, dentist_id) REFERENCES staff (clinic_id, id) ON DELETE RESTRICT
);

CREATE INDEX appointments_clinic_id_created_at_id_idx ON appointments (clinic_id, created_at, id);
CREATE INDEX appointments_patient_id_created_at_id_idx ON appointments (patient_id, created_at, id);
CREATE INDEX appointments_dentist_id_created_at_id_idx ON appointments (dentist_id, created_at, id);
CREATE INDEX appointments_clinic_id_status_created_at_id_idx ON appointments
    (clinic_id, status, created_at, id);

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER clinics_version BEFORE UPDATE ON clinics
    FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER staff_version BEFORE UPDATE ON staff
    FOR EACH ROW
    WHEN (
        (OLD.clinic_id, OLD.user_id, OLD.role)
        IS DISTINCT FROM
        (NEW.clinic_id, NEW.user_id, NEW.role)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION patient_born_on_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND (
            NEW.version = OLD.version
            OR pg_trigger_depth() > 1 AND OLD.born_on IS NOT DISTINCT FROM NEW.born_on
        )
    THEN
        RETURN NULL;
    END IF;
    IF NOT (NEW.born_on <= (now() AT TIME ZONE 'UTC')::date) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'patient_born_on_check',
            TABLE = 'patients', MESSAGE = 'born_on must meet: born_on <= today()';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION patient_born_on_check() IS
    'patient.born_on.check: born_on <= today()';
CREATE TRIGGER patient_born_on_check AFTER INSERT OR UPDATE ON patients
    FOR EACH ROW
    EXECUTE FUNCTION patient_born_on_check();

CREATE TRIGGER patients_version BEFORE UPDATE ON patients
    FOR EACH ROW
    WHEN (
        (OLD.clinic_id, OLD.name, OLD.born_on, OLD.insurance_no)
        IS DISTINCT FROM
        (NEW.clinic_id, NEW.name, NEW.born_on, NEW.insurance_no)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION appointment_dentist_where() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.dentist_id IS NOT DISTINCT FROM NEW.dentist_id THEN
        RETURN NULL;
    END IF;
    PERFORM FROM staff WHERE id = NEW.dentist_id FOR SHARE;
    IF
        NEW.dentist_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM staff AS staff
            WHERE staff.id = NEW.dentist_id AND (staff.role = 'dentist')
        )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'appointment_dentist_where',
            TABLE = 'appointments', MESSAGE = 'There is no such row.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION appointment_dentist_where() IS
    'appointment.dentist: only rows where role == ''dentist''';
CREATE TRIGGER appointment_dentist_where AFTER INSERT OR UPDATE ON appointments
    FOR EACH ROW
    EXECUTE FUNCTION appointment_dentist_where();

CREATE OR REPLACE FUNCTION appointment_at_most() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND (
            NEW.version = OLD.version
            OR pg_trigger_depth() > 1
            AND (OLD.patient_id, OLD.starts_at, OLD.status)
            IS NOT DISTINCT FROM
            (NEW.patient_id, NEW.starts_at, NEW.status)
        )
    THEN
        RETURN NULL;
    END IF;
    IF NOT (NEW.status = 'booked' AND NEW.starts_at > now()) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM patients WHERE id = NEW.patient_id FOR NO KEY UPDATE;
    IF
        (
            SELECT count(*) FROM appointments AS appointment
            WHERE appointment.clinic_id = NEW.clinic_id
                AND appointment.patient_id = NEW.patient_id
                AND (appointment.status = 'booked' AND appointment.starts_at > now())
        ) > 3
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'appointment_at_most',
            TABLE = 'appointments', MESSAGE = 'There may be at most 3 for each patient';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION appointment_at_most() IS
    'appointment.at_most: at most 3 for each patient where status == ''booked'' and starts_at > now()';
CREATE TRIGGER appointment_at_most AFTER INSERT OR UPDATE ON appointments
    FOR EACH ROW
    EXECUTE FUNCTION appointment_at_most();

CREATE TRIGGER appointments_version BEFORE UPDATE ON appointments
    FOR EACH ROW
    WHEN (
        (
            OLD.clinic_id, OLD.patient_id, OLD.dentist_id, OLD.starts_at, OLD.ends_at,
            OLD.status
        )
        IS DISTINCT FROM
        (
            NEW.clinic_id, NEW.patient_id, NEW.dentist_id, NEW.starts_at, NEW.ends_at,
            NEW.status
        )
    )
    EXECUTE FUNCTION raise_version();

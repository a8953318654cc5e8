CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The quotient with 20 digits after the point, rounded half to even.
CREATE FUNCTION divide_half_even(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT sign(dividend) * sign(divisor) * 0.00000000000000000001
    * (quotient + CASE
        WHEN 2 * remainder > abs(divisor) THEN 1
        WHEN 2 * remainder = abs(divisor) THEN mod(quotient, 2)
        ELSE 0
      END)
  FROM (
    SELECT
      div(abs(dividend) * 100000000000000000000, abs(divisor)) AS quotient,
      mod(abs(dividend) * 100000000000000000000, abs(divisor)) AS remainder
  ) AS division;
END;

-- The number with so many digits after the point; a half goes to the even digit.
CREATE FUNCTION round_half_even(number numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN abs(number - trunc(number, places)) * 2 * 10::numeric ^ places = 1
    AND mod(trunc(number, places) * 10::numeric ^ places, 2) = 0
  THEN trunc(number, places)
  ELSE round(number, places)
END;

-- branches
-- --------------------
CREATE TABLE branches (
    id            uuid                      NOT NULL DEFAULT uuidv7(),
    manager_id    uuid                      NOT NULL,
    name          text COLLATE "pg_c_utf8"  NOT NULL,
    slug          text COLLATE "pg_c_utf8"  NOT NULL,
    opened_on     date                      NOT NULL DEFAULT (now() AT TIME ZONE 'Europe/Berlin')::date,
    opens_at      time                      NOT NULL DEFAULT '09:00:00',
    site          text COLLATE "pg_c_utf8",
    contact       text COLLATE "pg_c_utf8",
    settings      jsonb,
    languages     jsonb                     NOT NULL DEFAULT '["german"]',
    holidays      jsonb,
    secret_note   text COLLATE "pg_c_utf8",
    budget        numeric(32, 2),
    rating        numeric(39, 1),
    plan_file_id  uuid,
    version       bigint                    NOT NULL DEFAULT 1,
    created_at    timestamptz               NOT NULL DEFAULT now(),
    updated_at    timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT branches_pkey PRIMARY KEY (id),
    CONSTRAINT branch_name_min CHECK (char_length(name) >= 1),
    CONSTRAINT branch_name_max CHECK (char_length(name) <= 80),
    CONSTRAINT branch_slug_min CHECK (char_length(slug) >= 1),
    CONSTRAINT branch_slug_max CHECK (char_length(slug) <= 80),
    CONSTRAINT branch_slug_pattern CHECK (slug ~ '^(?:[a-z0-9]+(-[a-z0-9]+)*)$'),
    CONSTRAINT branch_opened_on_range CHECK (opened_on BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT branch_site_min CHECK (char_length(site) >= 1),
    CONSTRAINT branch_site_max CHECK (char_length(site) <= 2048),
    CONSTRAINT branch_contact_min CHECK (char_length(contact) >= 1),
    CONSTRAINT branch_contact_max CHECK (char_length(contact) <= 254),
    CONSTRAINT branch_settings_type CHECK (settings <> 'null'),
    CONSTRAINT branch_languages_list CHECK (jsonb_typeof(languages) = 'array'),
    CONSTRAINT branch_languages_max CHECK (jsonb_array_length(languages) <= 5),
    CONSTRAINT branch_holidays_list CHECK (jsonb_typeof(holidays) = 'array'),
    CONSTRAINT branch_holidays_max CHECK (jsonb_array_length(holidays) <= 100),
    CONSTRAINT branch_secret_note_max CHECK (char_length(secret_note) <= 20000),
    CONSTRAINT branch_budget_range
        CHECK (budget BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT branch_rating_min CHECK (rating >= 0.0),
    CONSTRAINT branch_rating_max CHECK (rating <= 5.0),
    CONSTRAINT branch_name_unique UNIQUE (name),
    CONSTRAINT branch_slug_unique UNIQUE (slug),
    CONSTRAINT branches_manager_id_fkey
        FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT branches_plan_file_id_fkey
        FOREIGN KEY (plan_file_id) REFERENCES files (id) ON DELETE RESTRICT
);

COMMENT ON TABLE branches IS 'A house with rooms.';

CREATE INDEX branches_created_at_id_idx ON branches (created_at, id);
CREATE INDEX branches_manager_id_created_at_id_idx ON branches (manager_id, created_at, id);
CREATE INDEX branches_plan_file_id_idx ON branches (plan_file_id);
CREATE INDEX branches_name_id_idx ON branches (name, id);
CREATE INDEX branches_contact_created_at_id_idx ON branches (contact, created_at, id);
CREATE INDEX branches_budget_id_idx ON branches (budget, id);
CREATE INDEX branches_rating_created_at_id_idx ON branches (rating, created_at, id);
CREATE INDEX branches_search_idx ON branches USING gin
    ((lower(name COLLATE "pg_c_utf8")) gin_trgm_ops);

-- subject_matter
-- --------------------
CREATE TABLE subject_matter (
    id            uuid                      NOT NULL DEFAULT uuidv7(),
    parent_id     uuid,
    name          text COLLATE "pg_c_utf8"  NOT NULL,
    parents_note  text COLLATE "pg_c_utf8",
    version       bigint                    NOT NULL DEFAULT 1,
    created_at    timestamptz               NOT NULL DEFAULT now(),
    updated_at    timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT subject_matter_pkey PRIMARY KEY (id),
    CONSTRAINT topic_name_min CHECK (char_length(name) >= 1),
    CONSTRAINT topic_name_max CHECK (char_length(name) <= 40),
    CONSTRAINT topic_name_pattern CHECK (name ~ '^(?:[a-z0-9]+(-[a-z0-9]+)*)$'),
    CONSTRAINT topic_parents_note_min CHECK (char_length(parents_note) >= 1),
    CONSTRAINT topic_parents_note_max CHECK (char_length(parents_note) <= 100),
    CONSTRAINT topic_name_unique UNIQUE (name),
    CONSTRAINT subject_matter_parent_id_fkey
        FOREIGN KEY (parent_id) REFERENCES subject_matter (id) ON DELETE SET NULL
);

CREATE INDEX subject_matter_created_at_id_idx ON subject_matter (created_at, id);
CREATE INDEX subject_matter_parent_id_created_at_id_idx ON subject_matter
    (parent_id, created_at, id);
CREATE INDEX subject_matter_search_idx ON subject_matter USING gin
    ((lower(name COLLATE "pg_c_utf8")) gin_trgm_ops);

-- rooms
-- --------------------
CREATE TABLE rooms (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    branch_id   uuid                      NOT NULL,
    number      bigint                    NOT NULL,
    seats       bigint                    NOT NULL DEFAULT 4,
    free_from   timestamptz               NOT NULL DEFAULT now(),
    turn        interval                  NOT NULL DEFAULT '00:30:00',
    noise       text COLLATE "pg_c_utf8"  NOT NULL DEFAULT 'quiet',
    open        boolean                   NOT NULL DEFAULT true,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT rooms_pkey PRIMARY KEY (id),
    CONSTRAINT room_number_min CHECK (number >= 1),
    CONSTRAINT room_number_max CHECK (number <= 999),
    CONSTRAINT room_seats_min CHECK (seats >= 1),
    CONSTRAINT room_seats_max CHECK (seats <= 9007199254740991),
    CONSTRAINT room_free_from_range
        CHECK (free_from BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT room_turn_min CHECK (turn >= '00:05:00'),
    CONSTRAINT room_turn_max CHECK (turn <= '24:00:00'),
    CONSTRAINT room_noise_values CHECK (noise IN ('quiet', 'loud')),
    CONSTRAINT room_unique UNIQUE (branch_id, number),
    CONSTRAINT rooms_branch_id_fkey
        FOREIGN KEY (branch_id) REFERENCES branches (id) ON DELETE CASCADE
);

CREATE INDEX rooms_branch_id_number_id_idx ON rooms (branch_id, number, id);
CREATE INDEX rooms_branch_id_noise_number_id_idx ON rooms (branch_id, noise, number, id);

-- shelves
-- --------------------
CREATE TABLE shelves (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    room_id     uuid                      NOT NULL,
    label       text COLLATE "pg_c_utf8"  NOT NULL,
    depth       numeric(40, 2)            NOT NULL DEFAULT 30.00,
    kind        bigint                    NOT NULL DEFAULT 1,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT shelves_pkey PRIMARY KEY (id),
    CONSTRAINT shelf_label_min CHECK (char_length(label) >= 1),
    CONSTRAINT shelf_label_max CHECK (char_length(label) <= 20),
    CONSTRAINT shelf_label_pattern CHECK (label ~ '^(?:[A-Z][0-9]{1,3})$'),
    CONSTRAINT shelf_depth_range
        CHECK (depth BETWEEN -9999999999999999999.99 AND 9999999999999999999.99),
    CONSTRAINT shelf_depth_nonzero CHECK (depth <> 0),
    CONSTRAINT shelf_kind_in CHECK (kind IN (1, 2, 3)),
    CONSTRAINT shelves_room_id_fkey FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
);

CREATE INDEX shelves_room_id_created_at_id_idx ON shelves (room_id, created_at, id);

-- items
-- --------------------
CREATE TABLE items (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    shelf_id     uuid,
    topic_id     uuid                      NOT NULL,
    cover_of_id  uuid,
    title        text COLLATE "pg_c_utf8"  NOT NULL,
    summary      text COLLATE "pg_c_utf8",
    code         text COLLATE "pg_c_utf8"  NOT NULL,
    reference    uuid,
    price        numeric(32, 2)            NOT NULL,
    copies       bigint                    NOT NULL DEFAULT 1,
    date         date,
    value        numeric(32, 2)            NOT NULL GENERATED ALWAYS AS (price * copies) STORED,
    loan_count   bigint                    NOT NULL DEFAULT 0,
    last_due     date,
    mean_fee     numeric(32, 2),
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT items_pkey PRIMARY KEY (id),
    CONSTRAINT item_title_min CHECK (char_length(title) >= 1),
    CONSTRAINT item_title_max CHECK (char_length(title) <= 160),
    CONSTRAINT item_summary_max CHECK (char_length(summary) <= 20000),
    CONSTRAINT item_code_min CHECK (char_length(code) >= 1),
    CONSTRAINT item_code_max CHECK (char_length(code) <= 255),
    CONSTRAINT item_code_pattern CHECK (code ~ '^(?:[A-Z]{2}-[0-9]{4})$'),
    CONSTRAINT item_price_min CHECK (price >= 0.01),
    CONSTRAINT item_price_max CHECK (price <= 999999999999999.99),
    CONSTRAINT item_copies_min CHECK (copies >= 0),
    CONSTRAINT item_copies_max CHECK (copies <= 9007199254740991),
    CONSTRAINT item_date_range CHECK (date BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT item_value_range CHECK (value BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT item_loan_count_range
        CHECK (loan_count BETWEEN -9007199254740991 AND 9007199254740991),
    CONSTRAINT item_last_due_range CHECK (last_due BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT item_mean_fee_range
        CHECK (mean_fee BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT item_code_unique UNIQUE (code),
    CONSTRAINT item_reference_unique UNIQUE (reference),
    CONSTRAINT item_cover_of_unique UNIQUE (cover_of_id),
    CONSTRAINT items_shelf_id_fkey
        FOREIGN KEY (shelf_id) REFERENCES shelves (id) ON DELETE SET NULL,
    CONSTRAINT items_topic_id_fkey
        FOREIGN KEY (topic_id) REFERENCES subject_matter (id) ON DELETE RESTRICT,
    CONSTRAINT items_cover_of_id_fkey
        FOREIGN KEY (cover_of_id) REFERENCES items (id) ON DELETE SET NULL
);

CREATE INDEX items_created_at_id_idx ON items (created_at, id);
CREATE INDEX items_shelf_id_created_at_id_idx ON items (shelf_id, created_at, id);
CREATE INDEX items_topic_id_created_at_id_idx ON items (topic_id, created_at, id);
CREATE INDEX items_title_id_idx ON items (title, id);
CREATE INDEX items_date_created_at_id_idx ON items (date, created_at, id);
CREATE INDEX items_loan_count_id_idx ON items (loan_count, id);
CREATE INDEX items_search_idx ON items USING gin
    ((lower((title || E'\n' || coalesce(summary, '')) COLLATE "pg_c_utf8")) gin_trgm_ops);

-- loans
-- --------------------
CREATE TABLE loans (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    borrower_id  uuid                      NOT NULL,
    item_id      uuid                      NOT NULL,
    due_on       date                      NOT NULL DEFAULT (now() AT TIME ZONE 'Europe/Berlin')::date + 14,
    fee          numeric(32, 2)            NOT NULL,
    note         text COLLATE "pg_c_utf8",
    status       text COLLATE "pg_c_utf8"  NOT NULL DEFAULT 'open',
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT loans_pkey PRIMARY KEY (id),
    CONSTRAINT loan_due_on_range CHECK (due_on BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT loan_fee_min CHECK (fee >= 0.01),
    CONSTRAINT loan_fee_max CHECK (fee <= 999999999999999.99),
    CONSTRAINT loan_note_min CHECK (char_length(note) >= 1),
    CONSTRAINT loan_note_max CHECK (char_length(note) <= 200),
    CONSTRAINT loan_status CHECK (status IN ('open', 'closed')),
    CONSTRAINT loans_borrower_id_fkey
        FOREIGN KEY (borrower_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT loans_item_id_fkey FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE RESTRICT
);

CREATE INDEX loans_created_at_id_idx ON loans (created_at, id);
CREATE INDEX loans_borrower_id_created_at_id_idx ON loans (borrower_id, created_at, id);
CREATE INDEX loans_item_id_created_at_id_idx ON loans (item_id, created_at, id);
CREATE INDEX loans_item_id_due_on_idx ON loans (item_id, due_on);
CREATE INDEX loans_due_on_id_idx ON loans (due_on, id);
CREATE INDEX loans_status_created_at_id_idx ON loans (status, created_at, id);

-- bookings
-- --------------------
CREATE TABLE bookings (
    id           uuid         NOT NULL DEFAULT uuidv7(),
    booker_id    uuid         NOT NULL,
    room_id      uuid         NOT NULL,
    rebooked_id  uuid,
    starts_at    timestamptz  NOT NULL,
    ends_at      timestamptz  NOT NULL,
    people       bigint       NOT NULL,
    version      bigint       NOT NULL DEFAULT 1,
    created_at   timestamptz  NOT NULL DEFAULT now(),
    updated_at   timestamptz  NOT NULL DEFAULT now(),

    CONSTRAINT bookings_pkey PRIMARY KEY (id),
    CONSTRAINT booking_starts_at_range
        CHECK (starts_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT booking_ends_at_range
        CHECK (ends_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT booking_people_min CHECK (people >= 1),
    CONSTRAINT booking_people_max CHECK (people <= 9007199254740991),
    CONSTRAINT booking_no_overlap_order CHECK (starts_at < ends_at),
    CONSTRAINT booking_no_overlap
        EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&),
    CONSTRAINT bookings_booker_id_fkey
        FOREIGN KEY (booker_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT bookings_room_id_fkey
        FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE RESTRICT,
    CONSTRAINT bookings_rebooked_id_fkey
        FOREIGN KEY (rebooked_id) REFERENCES bookings (id) ON DELETE SET NULL
);

CREATE INDEX bookings_created_at_id_idx ON bookings (created_at, id);
CREATE INDEX bookings_booker_id_created_at_id_idx ON bookings (booker_id, created_at, id);
CREATE INDEX bookings_room_id_created_at_id_idx ON bookings (room_id, created_at, id);
CREATE INDEX bookings_rebooked_id_created_at_id_idx ON bookings (rebooked_id, created_at, id);
CREATE INDEX bookings_starts_at_id_idx ON bookings (starts_at, id);

-- accounts
-- --------------------
CREATE TABLE accounts (
    id          uuid            NOT NULL DEFAULT uuidv7(),
    holder_id   uuid            NOT NULL,
    balance     numeric(32, 2)  NOT NULL DEFAULT 0,
    version     bigint          NOT NULL DEFAULT 1,
    created_at  timestamptz     NOT NULL DEFAULT now(),
    updated_at  timestamptz     NOT NULL DEFAULT now(),

    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT account_balance_range
        CHECK (balance BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT account_balance_never_below CHECK (balance >= 0.00),
    CONSTRAINT account_holder_unique UNIQUE (holder_id),
    CONSTRAINT accounts_holder_id_fkey
        FOREIGN KEY (holder_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX accounts_holder_id_created_at_id_idx ON accounts (holder_id, created_at, id);

-- entries
-- --------------------
CREATE TABLE entries (
    id          uuid            NOT NULL DEFAULT uuidv7(),
    account_id  uuid            NOT NULL,
    amount      numeric(32, 2)  NOT NULL,
    version     bigint          NOT NULL DEFAULT 1,
    created_at  timestamptz     NOT NULL DEFAULT now(),
    updated_at  timestamptz     NOT NULL DEFAULT now(),

    CONSTRAINT entries_pkey PRIMARY KEY (id),
    CONSTRAINT entry_amount_range
        CHECK (amount BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT entry_amount_nonzero CHECK (amount <> 0),
    CONSTRAINT entries_account_id_fkey
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE INDEX entries_account_id_created_at_id_idx ON entries (account_id, created_at, id);

-- ratings
-- --------------------
CREATE TABLE ratings (
    id          uuid         NOT NULL DEFAULT uuidv7(),
    item_id     uuid         NOT NULL,
    rater_id    uuid         NOT NULL,
    stars       bigint       NOT NULL,
    version     bigint       NOT NULL DEFAULT 1,
    created_at  timestamptz  NOT NULL DEFAULT now(),
    updated_at  timestamptz  NOT NULL DEFAULT now(),

    CONSTRAINT ratings_pkey PRIMARY KEY (id),
    CONSTRAINT rating_stars_in CHECK (stars IN (1, 2, 3, 4, 5)),
    CONSTRAINT rating_unique UNIQUE (item_id, rater_id),
    CONSTRAINT ratings_item_id_fkey FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE CASCADE,
    CONSTRAINT ratings_rater_id_fkey
        FOREIGN KEY (rater_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX ratings_created_at_id_idx ON ratings (created_at, id);
CREATE INDEX ratings_rater_id_created_at_id_idx ON ratings (rater_id, created_at, id);
CREATE INDEX ratings_stars_created_at_id_idx ON ratings (stars, created_at, id);

-- notes
-- --------------------
CREATE TABLE notes (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    writer_id   uuid                      NOT NULL,
    text        text COLLATE "pg_c_utf8"  NOT NULL,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT notes_pkey PRIMARY KEY (id),
    CONSTRAINT note_text_min CHECK (char_length(text) >= 1),
    CONSTRAINT note_text_max CHECK (char_length(text) <= 200),
    CONSTRAINT notes_writer_id_fkey
        FOREIGN KEY (writer_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX notes_created_at_id_idx ON notes (created_at, id);
CREATE INDEX notes_writer_id_created_at_id_idx ON notes (writer_id, created_at, id);
CREATE INDEX notes_search_idx ON notes USING gin ((lower(text COLLATE "pg_c_utf8")) gin_trgm_ops);

-- memos
-- --------------------
CREATE TABLE memos (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    text        text COLLATE "pg_c_utf8"  NOT NULL,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT memos_pkey PRIMARY KEY (id),
    CONSTRAINT memo_text_min CHECK (char_length(text) >= 1),
    CONSTRAINT memo_text_max CHECK (char_length(text) <= 200)
);

CREATE INDEX memos_created_at_id_idx ON memos (created_at, id);

-- branches_topics
-- --------------------
CREATE TABLE branches_topics (
    branch_id  uuid  NOT NULL,
    topic_id   uuid  NOT NULL,

    CONSTRAINT branches_topics_pkey PRIMARY KEY (branch_id, topic_id),
    CONSTRAINT branches_topics_branch_id_fkey
        FOREIGN KEY (branch_id) REFERENCES branches (id) ON DELETE CASCADE,
    CONSTRAINT branches_topics_topic_id_fkey
        FOREIGN KEY (topic_id) REFERENCES subject_matter (id) ON DELETE CASCADE
);

CREATE INDEX branches_topics_topic_id_idx ON branches_topics (topic_id);

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users have no value for the new required field display_name. Give it a default, make it optional, or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD COLUMN display_name text COLLATE "pg_c_utf8" NOT NULL,
    ADD COLUMN credit numeric(32, 2) NOT NULL DEFAULT 0.00,
    ADD COLUMN phone text COLLATE "pg_c_utf8";

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
        WHERE NOT (char_length(display_name) >= 1)
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users break the new rule user_display_name_min. Change or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD CONSTRAINT user_display_name_min CHECK (char_length(display_name) >= 1);

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
        WHERE NOT (char_length(display_name) <= 60)
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users break the new rule user_display_name_max. Change or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD CONSTRAINT user_display_name_max CHECK (char_length(display_name) <= 60);

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
        WHERE NOT (credit BETWEEN -999999999999999.99 AND 999999999999999.99)
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users break the new rule user_credit_range. Change or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD CONSTRAINT user_credit_range CHECK (credit BETWEEN -999999999999999.99 AND 999999999999999.99);

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
        WHERE NOT (char_length(phone) >= 1)
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users break the new rule user_phone_min. Change or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD CONSTRAINT user_phone_min CHECK (char_length(phone) >= 1);

DO $$
DECLARE
    broken bigint := (
        SELECT count(*) FROM users
        WHERE NOT (char_length(phone) <= 30)
    );
BEGIN
    IF broken > 0 THEN
        RAISE EXCEPTION USING MESSAGE = broken || ' row(s) of users break the new rule user_phone_max. Change or delete these rows, then migrate again.';
    END IF;
END
$$;

ALTER TABLE users
    ADD CONSTRAINT user_phone_max CHECK (char_length(phone) <= 30);

CREATE INDEX users_created_at_id_idx ON users (created_at, id);

CREATE INDEX users_display_name_id_idx ON users (display_name, id);

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER branches_plan_file_id AFTER UPDATE OF plan_file_id OR DELETE ON branches
    FOR EACH ROW
    EXECUTE FUNCTION drop_replaced_file('plan_file_id');
CREATE TRIGGER branches_version BEFORE UPDATE ON branches
    FOR EACH ROW
    WHEN (
        (
            OLD.manager_id, OLD.name, OLD.slug, OLD.opened_on, OLD.opens_at, OLD.site,
            OLD.contact, OLD.settings, OLD.languages, OLD.holidays, OLD.secret_note, OLD.budget,
            OLD.rating, OLD.plan_file_id
        )
        IS DISTINCT FROM
        (
            NEW.manager_id, NEW.name, NEW.slug, NEW.opened_on, NEW.opens_at, NEW.site,
            NEW.contact, NEW.settings, NEW.languages, NEW.holidays, NEW.secret_note, NEW.budget,
            NEW.rating, NEW.plan_file_id
        )
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER subject_matter_version BEFORE UPDATE ON subject_matter
    FOR EACH ROW
    WHEN (
        (OLD.parent_id, OLD.name, OLD.parents_note)
        IS DISTINCT FROM
        (NEW.parent_id, NEW.name, NEW.parents_note)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER rooms_version BEFORE UPDATE ON rooms
    FOR EACH ROW
    WHEN (
        (OLD.branch_id, OLD.number, OLD.seats, OLD.free_from, OLD.turn, OLD.noise, OLD.open)
        IS DISTINCT FROM
        (NEW.branch_id, NEW.number, NEW.seats, NEW.free_from, NEW.turn, NEW.noise, NEW.open)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER shelves_version BEFORE UPDATE ON shelves
    FOR EACH ROW
    WHEN (
        (OLD.room_id, OLD.label, OLD.depth, OLD.kind)
        IS DISTINCT FROM
        (NEW.room_id, NEW.label, NEW.depth, NEW.kind)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION loan_at_most_2_capacity() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        (
            SELECT count(*) FROM loans AS loan
            WHERE loan.item_id = NEW.id
                AND (loan.status = 'open')
        ) > NEW.copies
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'loan_at_most_2',
            TABLE = 'loans', MESSAGE = 'No copy is left';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loan_at_most_2_capacity() IS
    'loan.at_most_2: when the limit is lowered';
CREATE TRIGGER loan_at_most_2_capacity AFTER UPDATE ON items
    FOR EACH ROW
    WHEN (OLD.copies IS DISTINCT FROM NEW.copies)
    EXECUTE FUNCTION loan_at_most_2_capacity();

CREATE TRIGGER items_version BEFORE UPDATE ON items
    FOR EACH ROW
    WHEN (
        (
            OLD.shelf_id, OLD.topic_id, OLD.cover_of_id, OLD.title, OLD.summary, OLD.code,
            OLD.reference, OLD.price, OLD.copies, OLD.date, OLD.loan_count, OLD.last_due,
            OLD.mean_fee
        )
        IS DISTINCT FROM
        (
            NEW.shelf_id, NEW.topic_id, NEW.cover_of_id, NEW.title, NEW.summary, NEW.code,
            NEW.reference, NEW.price, NEW.copies, NEW.date, NEW.loan_count, NEW.last_due,
            NEW.mean_fee
        )
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION loan_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.due_on >= (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'loan_check',
            TABLE = 'loans', MESSAGE = 'The day lies in the past';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loan_check() IS
    'loan.check: due_on >= today()';
CREATE TRIGGER loan_check AFTER INSERT ON loans
    FOR EACH ROW
    EXECUTE FUNCTION loan_check();

CREATE OR REPLACE FUNCTION loan_at_most() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.borrower_id, OLD.status) IS NOT DISTINCT FROM (NEW.borrower_id, NEW.status)
    THEN
        RETURN NULL;
    END IF;
    IF NOT (NEW.status = 'open') THEN
        RETURN NULL;
    END IF;
    PERFORM FROM users WHERE id = NEW.borrower_id FOR NO KEY UPDATE;
    IF
        (
            SELECT count(*) FROM loans AS loan
            WHERE loan.borrower_id = NEW.borrower_id
                AND (loan.status = 'open')
        ) > 3
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'loan_at_most',
            TABLE = 'loans', MESSAGE = 'At most three loans at once';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loan_at_most() IS
    'loan.at_most: at most 3 for each borrower where status == ''open''';
CREATE TRIGGER loan_at_most AFTER INSERT OR UPDATE ON loans
    FOR EACH ROW
    EXECUTE FUNCTION loan_at_most();

CREATE OR REPLACE FUNCTION loan_at_most_2() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.item_id, OLD.status) IS NOT DISTINCT FROM (NEW.item_id, NEW.status)
    THEN
        RETURN NULL;
    END IF;
    IF NOT (NEW.status = 'open') THEN
        RETURN NULL;
    END IF;
    PERFORM FROM items WHERE id = NEW.item_id FOR NO KEY UPDATE;
    IF
        (
            SELECT count(*) FROM loans AS loan
            WHERE loan.item_id = NEW.item_id
                AND (loan.status = 'open')
        ) > (SELECT i.copies FROM items AS i WHERE i.id = NEW.item_id)
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'loan_at_most_2',
            TABLE = 'loans', MESSAGE = 'No copy is left';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loan_at_most_2() IS
    'loan.at_most_2: at most item.copies for each item where status == ''open''';
CREATE TRIGGER loan_at_most_2 AFTER INSERT OR UPDATE ON loans
    FOR EACH ROW
    EXECUTE FUNCTION loan_at_most_2();

CREATE OR REPLACE FUNCTION loans_item_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.item_id IS NOT DISTINCT FROM NEW.item_id THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM FROM items
        WHERE id IN (OLD.item_id, NEW.item_id) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE items SET
            loan_count = items.loan_count - 1
        WHERE id = OLD.item_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE items SET
            loan_count = items.loan_count + 1
        WHERE id = NEW.item_id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loans_item_sums() IS
    'Keeps items.loan_count right.';
CREATE TRIGGER loans_item_sums AFTER INSERT OR UPDATE OR DELETE ON loans
    FOR EACH ROW
    EXECUTE FUNCTION loans_item_sums();

CREATE OR REPLACE FUNCTION loans_item_values() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    _parent uuid;
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.due_on, OLD.item_id, OLD.fee)
        IS NOT DISTINCT FROM
        (NEW.due_on, NEW.item_id, NEW.fee)
    THEN
        RETURN NULL;
    END IF;
    FOR _parent IN
        SELECT DISTINCT id FROM unnest(ARRAY[OLD.item_id, NEW.item_id]) AS id
        WHERE id IS NOT NULL ORDER BY id
    LOOP
        PERFORM FROM items WHERE id = _parent FOR NO KEY UPDATE;
        UPDATE items SET
            last_due = (
                SELECT max(loan.due_on)
                FROM loans AS loan
                WHERE loan.item_id = _parent
            ),
            mean_fee = (
                SELECT round_half_even(
                    divide_half_even(sum(loan.fee), nullif(count(loan.fee), 0)),
                    2
                )
                FROM loans AS loan
                WHERE loan.item_id = _parent
            )
        WHERE id = _parent;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION loans_item_values() IS
    'Keeps items.last_due, items.mean_fee right.';
CREATE TRIGGER loans_item_values AFTER INSERT OR UPDATE OR DELETE ON loans
    FOR EACH ROW
    EXECUTE FUNCTION loans_item_values();

CREATE TRIGGER loans_version BEFORE UPDATE ON loans
    FOR EACH ROW
    WHEN (
        (OLD.borrower_id, OLD.item_id, OLD.due_on, OLD.fee, OLD.note, OLD.status)
        IS DISTINCT FROM
        (NEW.borrower_id, NEW.item_id, NEW.due_on, NEW.fee, NEW.note, NEW.status)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION booking_room_where() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.room_id IS NOT DISTINCT FROM NEW.room_id THEN
        RETURN NULL;
    END IF;
    PERFORM FROM rooms WHERE id = NEW.room_id FOR SHARE;
    IF
        NEW.room_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM rooms AS room
            WHERE room.id = NEW.room_id AND (room.open)
        )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'booking_room_where',
            TABLE = 'bookings', MESSAGE = 'There is no such row.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION booking_room_where() IS
    'booking.room: only rows where open';
CREATE TRIGGER booking_room_where AFTER INSERT OR UPDATE ON bookings
    FOR EACH ROW
    EXECUTE FUNCTION booking_room_where();

CREATE OR REPLACE FUNCTION booking_rebooked_same() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.rebooked_id, OLD.room_id) IS NOT DISTINCT FROM (NEW.rebooked_id, NEW.room_id)
    THEN
        RETURN NULL;
    END IF;
    PERFORM FROM bookings WHERE id = NEW.rebooked_id FOR SHARE;
    IF
        NEW.rebooked_id IS NOT NULL
        AND (SELECT b.room_id FROM bookings AS b WHERE b.id = NEW.rebooked_id)
            IS DISTINCT FROM NEW.room_id
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'booking_rebooked_same',
            TABLE = 'bookings', MESSAGE = 'There is no such row.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION booking_rebooked_same() IS
    'booking.rebooked: only rows with the same room';
CREATE TRIGGER booking_rebooked_same AFTER INSERT OR UPDATE ON bookings
    FOR EACH ROW
    EXECUTE FUNCTION booking_rebooked_same();

CREATE OR REPLACE FUNCTION booking_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND (
            NEW.version = OLD.version
            OR pg_trigger_depth() > 1
            AND (OLD.people, OLD.room_id) IS NOT DISTINCT FROM (NEW.people, NEW.room_id)
        )
    THEN
        RETURN NULL;
    END IF;
    PERFORM FROM rooms WHERE id = NEW.room_id FOR SHARE;
    IF
        NOT (NEW.people <= (SELECT r.seats FROM rooms AS r WHERE r.id = NEW.room_id))
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'booking_check',
            TABLE = 'bookings', MESSAGE = 'The room is too small';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION booking_check() IS
    'booking.check: people <= room.seats';
CREATE TRIGGER booking_check AFTER INSERT OR UPDATE ON bookings
    FOR EACH ROW
    EXECUTE FUNCTION booking_check();

CREATE TRIGGER bookings_version BEFORE UPDATE ON bookings
    FOR EACH ROW
    WHEN (
        (OLD.booker_id, OLD.room_id, OLD.rebooked_id, OLD.starts_at, OLD.ends_at, OLD.people)
        IS DISTINCT FROM
        (NEW.booker_id, NEW.room_id, NEW.rebooked_id, NEW.starts_at, NEW.ends_at, NEW.people)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER accounts_version BEFORE UPDATE ON accounts
    FOR EACH ROW
    WHEN ((OLD.holder_id, OLD.balance) IS DISTINCT FROM (NEW.holder_id, NEW.balance))
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION entries_account_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.account_id, OLD.amount) IS NOT DISTINCT FROM (NEW.account_id, NEW.amount)
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.account_id = NEW.account_id THEN
        -- In one step, so that no total passes through a value that it never has.
        UPDATE accounts SET
            balance = accounts.balance - OLD.amount + NEW.amount
        WHERE id = NEW.account_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM FROM accounts
        WHERE id IN (OLD.account_id, NEW.account_id) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE accounts SET
            balance = accounts.balance - OLD.amount
        WHERE id = OLD.account_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE accounts SET
            balance = accounts.balance + NEW.amount
        WHERE id = NEW.account_id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION entries_account_sums() IS
    'Keeps accounts.balance right.';
CREATE TRIGGER entries_account_sums AFTER INSERT OR UPDATE OR DELETE ON entries
    FOR EACH ROW
    EXECUTE FUNCTION entries_account_sums();

CREATE OR REPLACE FUNCTION entry_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = 'entry_append_only',
        TABLE = 'entries', MESSAGE = 'Rows of this kind are never changed or deleted.';
END
$$;
COMMENT ON FUNCTION entry_append_only() IS
    'Rows go only with the row that they are part of.';
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW
    WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION entry_append_only();

CREATE TRIGGER entries_version BEFORE UPDATE ON entries
    FOR EACH ROW
    WHEN ((OLD.account_id, OLD.amount) IS DISTINCT FROM (NEW.account_id, NEW.amount))
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER ratings_version BEFORE UPDATE ON ratings
    FOR EACH ROW
    WHEN (
        (OLD.item_id, OLD.rater_id, OLD.stars)
        IS DISTINCT FROM
        (NEW.item_id, NEW.rater_id, NEW.stars)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER notes_version BEFORE UPDATE ON notes
    FOR EACH ROW
    WHEN ((OLD.writer_id, OLD.text) IS DISTINCT FROM (NEW.writer_id, NEW.text))
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER memos_version BEFORE UPDATE ON memos
    FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION raise_version();

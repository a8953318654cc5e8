-- accounts
-- --------------------
CREATE TABLE accounts (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    holder_id   uuid                      NOT NULL,
    iban        text COLLATE "pg_c_utf8"  NOT NULL,
    currency    text COLLATE "pg_c_utf8"  NOT NULL,
    balance     numeric(32, 2)            NOT NULL DEFAULT 0,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT account_iban_min CHECK (char_length(iban) >= 1),
    CONSTRAINT account_iban_max CHECK (char_length(iban) <= 255),
    CONSTRAINT account_iban_pattern CHECK (iban ~ '^(?:[A-Z]{2}[0-9]{13,32})$'),
    CONSTRAINT account_currency_values CHECK (currency IN ('EUR', 'USD')),
    CONSTRAINT account_balance_range
        CHECK (balance BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT account_balance_never_below CHECK (balance >= 0.00),
    CONSTRAINT account_iban_unique UNIQUE (iban),
    CONSTRAINT accounts_holder_id_fkey
        FOREIGN KEY (holder_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX accounts_holder_id_created_at_id_idx ON accounts (holder_id, created_at, id);

-- transfers
-- --------------------
CREATE TABLE transfers (
    id          uuid            NOT NULL DEFAULT uuidv7(),
    sender_id   uuid            NOT NULL,
    source_id   uuid            NOT NULL,
    target_id   uuid            NOT NULL,
    amount      numeric(32, 2)  NOT NULL,
    version     bigint          NOT NULL DEFAULT 1,
    created_at  timestamptz     NOT NULL DEFAULT now(),
    updated_at  timestamptz     NOT NULL DEFAULT now(),

    CONSTRAINT transfers_pkey PRIMARY KEY (id),
    CONSTRAINT transfer_amount_min CHECK (amount >= 0.01),
    CONSTRAINT transfer_amount_max CHECK (amount <= 999999999999999.99),
    CONSTRAINT transfers_sender_id_fkey
        FOREIGN KEY (sender_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT transfers_source_id_fkey
        FOREIGN KEY (source_id) REFERENCES accounts (id) ON DELETE RESTRICT,
    CONSTRAINT transfers_target_id_fkey
        FOREIGN KEY (target_id) REFERENCES accounts (id) ON DELETE RESTRICT
);

CREATE INDEX transfers_sender_id_created_at_id_idx ON transfers (sender_id, created_at, id);
CREATE INDEX transfers_source_id_created_at_id_idx ON transfers (source_id, created_at, id);
CREATE INDEX transfers_target_id_created_at_id_idx ON transfers (target_id, created_at, id);

-- entries
-- --------------------
CREATE TABLE entries (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    account_id   uuid                      NOT NULL,
    transfer_id  uuid,
    amount       numeric(32, 2)            NOT NULL,
    memo         text COLLATE "pg_c_utf8",
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT entries_pkey PRIMARY KEY (id),
    CONSTRAINT entry_amount_range
        CHECK (amount BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT entry_amount_nonzero CHECK (amount <> 0),
    CONSTRAINT entry_memo_min CHECK (char_length(memo) >= 1),
    CONSTRAINT entry_memo_max CHECK (char_length(memo) <= 140),
    CONSTRAINT entries_account_id_fkey
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT entries_transfer_id_fkey
        FOREIGN KEY (transfer_id) REFERENCES transfers (id) ON DELETE RESTRICT
);

CREATE INDEX entries_account_id_created_at_id_idx ON entries (account_id, created_at, id);
CREATE INDEX entries_transfer_id_created_at_id_idx ON entries (transfer_id, created_at, id);

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER accounts_version BEFORE UPDATE ON accounts
    FOR EACH ROW
    WHEN (
        (OLD.holder_id, OLD.iban, OLD.currency, OLD.balance)
        IS DISTINCT FROM
        (NEW.holder_id, NEW.iban, NEW.currency, NEW.balance)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION transfer_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = 'transfer_append_only',
        TABLE = 'transfers', MESSAGE = 'Rows of this kind are never changed or deleted.';
END
$$;
COMMENT ON FUNCTION transfer_append_only() IS
    'Rows go only with the row that they are part of.';
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfers
    FOR EACH ROW
    WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION transfer_append_only();

CREATE TRIGGER transfers_version BEFORE UPDATE ON transfers
    FOR EACH ROW
    WHEN (
        (OLD.sender_id, OLD.source_id, OLD.target_id, OLD.amount)
        IS DISTINCT FROM
        (NEW.sender_id, NEW.source_id, NEW.target_id, NEW.amount)
    )
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
    WHEN (
        (OLD.account_id, OLD.transfer_id, OLD.amount, OLD.memo)
        IS DISTINCT FROM
        (NEW.account_id, NEW.transfer_id, NEW.amount, NEW.memo)
    )
    EXECUTE FUNCTION raise_version();

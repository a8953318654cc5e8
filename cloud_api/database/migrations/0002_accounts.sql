-- Accounts, their sessions, and what keeps strangers out of them.

-- E-mail addresses compare by code point and fold case by Unicode on every server.
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text COLLATE "pg_c_utf8" NOT NULL,
    password_hash text NOT NULL,
    email_verified_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_lower CHECK (email = lower(email))
);

-- One row a device that is signed in. The refresh tokens that replace one another belong to it
-- (their family); deleting it revokes them all.
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device text NOT NULL,
    address text NOT NULL,
    chain_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_idle_expires_at_idx ON sessions (idle_expires_at);
COMMENT ON COLUMN sessions.chain_key IS
    'Makes the successor of a refresh token from the token itself; worth nothing without one.';

-- Only digests are stored: who reads this table cannot sign in with it.
CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    successor bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    CONSTRAINT refresh_tokens_used CHECK ((successor IS NULL) = (used_at IS NULL))
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);

-- Codes that were sent by mail; each is good once, and for the address that it was sent to.
CREATE TABLE mail_codes (
    digest bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mail_codes_purpose CHECK (purpose IN ('verify', 'reset'))
);
CREATE INDEX mail_codes_user_id_idx ON mail_codes (user_id);
CREATE INDEX mail_codes_expires_at_idx ON mail_codes (expires_at);

-- Attempts that have not succeeded, by account and address (as digests).
CREATE TABLE attempts (
    subject bytea PRIMARY KEY,
    attempts integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempts_last_at_idx ON attempts (last_at);

-- The moments of the last requests of a user or address to something that has a rate limit.
CREATE TABLE rate_limits (
    subject text PRIMARY KEY,
    hits timestamptz[] NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX rate_limits_expires_at_idx ON rate_limits (expires_at);

-- What happened to accounts and their secrets. It outlives the account: no foreign key.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    user_id uuid,
    address text NOT NULL,
    request_id text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_events_user_id_idx ON audit_events (user_id, id DESC);
CREATE INDEX audit_events_at_idx ON audit_events (at);

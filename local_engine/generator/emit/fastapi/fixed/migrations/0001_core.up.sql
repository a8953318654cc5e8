-- What every project has: accounts, auth_sessions, throttling, idempotency keys, files.
-- Texts compare by code point and fold case by Unicode (pg_c_utf8) on every server.

CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION raise_version() IS
    'The version is the ETag of a row: it rises with every change, whoever makes it.';

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text COLLATE "pg_c_utf8" NOT NULL,
    password_hash text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_lower CHECK (email = lower(email))
);
CREATE INDEX users_created_at_idx ON users (created_at DESC, id);
CREATE TRIGGER users_version BEFORE UPDATE ON users
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version();

CREATE FUNCTION keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Admins who step back at once are lined up: each sees what those before have done.
    PERFORM pg_advisory_xact_lock(hashtextextended('users_last_admin', 0));
    IF NOT EXISTS (SELECT FROM users WHERE active AND 'admin' = ANY (roles)) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            CONSTRAINT = 'users_last_admin',
            MESSAGE = 'This is the last active admin: make somebody else an admin first.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_an_admin() IS
    'Without an admin, nobody could give the role to anybody by request.';
-- At the end of the transaction, so that one admin can be exchanged for another.
CREATE CONSTRAINT TRIGGER users_last_admin AFTER UPDATE OF roles, active ON users
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN (
        OLD.active AND 'admin' = ANY (OLD.roles)
        AND NOT (NEW.active AND 'admin' = ANY (NEW.roles))
    )
    EXECUTE FUNCTION keep_an_admin();

-- One row a sign-in. The refresh tokens that replace one another belong to it (their family);
-- deleting it revokes them all.
CREATE TABLE auth_sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_sessions_user_id_idx ON auth_sessions (user_id);
CREATE INDEX auth_sessions_expires_at_idx ON auth_sessions (expires_at);

-- Only digests are stored: who reads this table cannot sign in with it.
CREATE TABLE auth_refresh_tokens (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX auth_refresh_tokens_session_id_idx ON auth_refresh_tokens (session_id);

CREATE TABLE auth_invitations (
    digest bytea PRIMARY KEY,
    email text COLLATE "pg_c_utf8" NOT NULL,
    invited_by uuid REFERENCES users (id) ON DELETE SET NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_invitations_invited_by_idx ON auth_invitations (invited_by);
CREATE INDEX auth_invitations_expires_at_idx ON auth_invitations (expires_at);

-- Attempts to sign in that have not succeeded, by account and address (as digests).
CREATE TABLE auth_login_attempts (
    subject bytea PRIMARY KEY,
    attempts integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_login_attempts_last_at_idx ON auth_login_attempts (last_at);

-- The moments of the last requests of a user or address to something that has a rate limit.
CREATE TABLE rate_limits (
    subject text PRIMARY KEY,
    hits timestamptz[] NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX rate_limits_expires_at_idx ON rate_limits (expires_at);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    route text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

CREATE TABLE files (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    content bytea NOT NULL,
    content_type text NOT NULL,
    size integer NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION drop_replaced_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_file uuid := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) ->> TG_ARGV[0] IS DISTINCT FROM old_file::text THEN
        DELETE FROM files WHERE id = old_file;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION drop_replaced_file() IS
    'A file lives as long as the row that refers to it; the argument names the column.';

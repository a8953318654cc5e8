-- The schema of the cloud's database, for: psql -f database_setup.sql
-- Generated from cloud_api/database/migrations by: python -m cloud_api schema --write
-- The service brings an empty database up to date by itself when it starts; this file is for those
-- who set their databases up by hand.

\set ON_ERROR_STOP on
BEGIN;
SET LOCAL client_min_messages = warning;

DO $$
BEGIN
    IF to_regclass('schema_migrations') IS NOT NULL THEN
        RAISE EXCEPTION 'This database is set up already. The service migrates it when it starts.';
    END IF;
END
$$;

CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- 0001_queue

-- The queue's own tables and functions: the schema of procrastinate, word for word.
-- A newer version that changes it is followed by a migration of its own.

-- Procrastinate Schema

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
EXCEPTION
    WHEN OTHERS THEN
        -- On managed PostgreSQL services (e.g. Azure Database for PostgreSQL, Amazon RDS,
        -- Google Cloud SQL), CREATE EXTENSION may fail with various error codes:
        -- insufficient_privilege, feature_not_supported, or provider-specific errors.
        -- Before ignoring, verify the extension actually exists — if it does not exist
        -- and cannot be created, re-raise so the failure is explicit.
        IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'plpgsql') THEN
            RAISE NOTICE 'plpgsql extension already exists, skipping creation.';
        ELSE
            RAISE;
        END IF;
END;
$$;

-- Enums

CREATE TYPE procrastinate_job_status AS ENUM (
    'todo',  -- The job is queued
    'doing',  -- The job has been fetched by a worker
    'succeeded',  -- The job ended successfully
    'failed',  -- The job ended with an error
    'cancelled', -- The job was cancelled
    'aborting',  -- legacy, not used anymore since v3.0.0
    'aborted'  -- The job was aborted
);

CREATE TYPE procrastinate_job_event_type AS ENUM (
    'deferred',  -- Job created, in todo
    'started',  -- todo -> doing
    'deferred_for_retry',  -- doing -> todo
    'failed',  -- doing -> failed
    'succeeded',  -- doing -> succeeded
    'cancelled', -- todo -> cancelled
    'abort_requested', -- not a state transition, but set in a separate field
    'aborted', -- doing -> aborted (only allowed when abort_requested field is set)
    'scheduled', -- not a state transition, but recording when a task is scheduled for
    'retried' -- Manually retried failed job
);

-- Composite Types

CREATE TYPE procrastinate_job_to_defer_v1 AS (
    queue_name character varying,
    task_name character varying,
    priority integer,
    lock text,
    queueing_lock text,
    args jsonb,
    scheduled_at timestamp with time zone
);

-- Tables

CREATE TABLE procrastinate_workers(
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    last_heartbeat timestamp with time zone NOT NULL DEFAULT NOW()
);

CREATE TABLE procrastinate_jobs (
    id bigserial PRIMARY KEY,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}' NOT NULL,
    status procrastinate_job_status DEFAULT 'todo'::procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone NULL,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint REFERENCES procrastinate_workers(id) ON DELETE SET NULL,
    CONSTRAINT check_not_todo_abort_requested CHECK (NOT (status = 'todo' AND abort_requested = true))
);

CREATE TABLE procrastinate_periodic_defers (
    id bigserial PRIMARY KEY,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint REFERENCES procrastinate_jobs(id) NULL,
    periodic_id character varying(128) NOT NULL DEFAULT '',
    CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp)
);

CREATE TABLE procrastinate_events (
    id bigserial PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES procrastinate_jobs ON DELETE CASCADE,
    type procrastinate_job_event_type,
    at timestamp with time zone DEFAULT NOW() NULL
);

-- Constraints & Indices

-- this prevents from having several jobs with the same queueing lock in the "todo" state
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs (queueing_lock) WHERE status = 'todo';
-- this prevents from having several jobs with the same lock in the "doing" state
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs (lock) WHERE status = 'doing';

-- Index for select_stalled_jobs_by_heartbeat query
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate_jobs(worker_id) WHERE worker_id IS NOT NULL AND status = 'doing'::procrastinate_job_status;

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs(queue_name);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs (id, lock) WHERE status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs(priority desc, id asc) WHERE (status = 'todo'::procrastinate_job_status);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events(job_id);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate_periodic_defers(job_id);

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate_workers(last_heartbeat);

-- Functions
CREATE FUNCTION procrastinate_defer_jobs_v1(
    jobs procrastinate_job_to_defer_v1[]
)
    RETURNS bigint[]
    LANGUAGE plpgsql
AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION procrastinate_defer_periodic_job_v2(
    _queue_name character varying,
    _lock character varying,
    _queueing_lock character varying,
    _task_name character varying,
    _priority integer,
    _periodic_id character varying,
    _defer_timestamp bigint,
    _args jsonb
)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_fetch_job_v2(
    target_queue_names character varying[],
    p_worker_id bigint
)
    RETURNS procrastinate_jobs
    LANGUAGE plpgsql
AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate_job_status, delete_job boolean)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v1(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v2(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION procrastinate_notify_queue_job_inserted_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_notify_queue_abort_job_v1()
RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_insert_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_update_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_scheduled_events_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_unlink_periodic_defers_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION procrastinate_register_worker_v1()
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION procrastinate_unregister_worker_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat float)
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

-- Triggers

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((old.abort_requested = false AND new.abort_requested = true AND new.status = 'doing'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1
    AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1
    AFTER UPDATE OR INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.scheduled_at IS NOT NULL AND new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.abort_requested = true))
    EXECUTE PROCEDURE procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1
    BEFORE DELETE ON procrastinate_jobs
    FOR EACH ROW EXECUTE PROCEDURE procrastinate_unlink_periodic_defers_v1();

INSERT INTO schema_migrations (number, name, checksum)
VALUES (1, 'queue', '4451e6c79a2d286089c90e1463af99a105e508f38df785bf787d5bffc9b504db');

-- 0002_accounts

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

INSERT INTO schema_migrations (number, name, checksum)
VALUES (2, 'accounts', '90d315f39b21fb23a09821b168931a0cf3959e373046c002c5281b005172502f');

-- 0003_llm_keys

-- Keys of model providers, one an account and provider, encrypted (see security/vault.py).

CREATE TABLE llm_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider text NOT NULL,
    version smallint NOT NULL,
    kek_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    ciphertext bytea NOT NULL,
    last_four text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    tested_at timestamptz,
    works boolean,
    CONSTRAINT llm_keys_user_provider_key UNIQUE (user_id, provider),
    CONSTRAINT llm_keys_provider CHECK (provider IN ('gemini', 'groq', 'openai'))
);
CREATE INDEX llm_keys_kek_id_idx ON llm_keys (kek_id);
COMMENT ON COLUMN llm_keys.kek_id IS
    'Which key wraps the data key; after a change of the platform''s secret: rewrap-keys.';

INSERT INTO schema_migrations (number, name, checksum)
VALUES (3, 'llm_keys', '54050a7f09e5970d98839cdce7beed7cdeda7ec29e06e3f66693c38efdb736bd');

-- 0004_projects

-- Shared metadata: projects, Blueprint versions, verification results, shares.

CREATE TABLE projects (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    owner_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX projects_owner_id_idx ON projects (owner_id, id DESC);

-- A text is kept once a project, whatever versions say the same.
CREATE TABLE blueprint_texts (
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (project_id, digest),
    CONSTRAINT blueprint_texts_digest CHECK (digest = sha256(convert_to(text, 'UTF8')))
);

-- Versions are only ever added; two that have one parent are both kept.
CREATE TABLE blueprint_versions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    parent bytea,
    title text NOT NULL,
    origin jsonb NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT blueprint_versions_once UNIQUE NULLS NOT DISTINCT (project_id, digest, parent),
    FOREIGN KEY (project_id, digest) REFERENCES blueprint_texts (project_id, digest),
    FOREIGN KEY (project_id, parent) REFERENCES blueprint_texts (project_id, digest)
);
CREATE INDEX blueprint_versions_project_id_idx ON blueprint_versions (project_id, id DESC);
CREATE INDEX blueprint_versions_created_by_idx ON blueprint_versions (created_by);

CREATE TABLE verifications (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    commit text NOT NULL,
    seed bigint NOT NULL,
    passed integer NOT NULL,
    failed integer NOT NULL,
    inconclusive integer NOT NULL,
    seconds double precision NOT NULL,
    verified_at timestamptz NOT NULL,
    not_passed jsonb NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (project_id, digest) REFERENCES blueprint_texts (project_id, digest)
);
CREATE INDEX verifications_project_id_idx ON verifications (project_id, id DESC);
CREATE INDEX verifications_created_by_idx ON verifications (created_by);

-- A share is for an e-mail address (whoever shows that it is theirs), or for whoever has a link.
CREATE TABLE shares (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    role text NOT NULL,
    email text COLLATE "pg_c_utf8",
    link_digest bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    CONSTRAINT shares_role CHECK (role IN ('viewer', 'editor')),
    CONSTRAINT shares_way CHECK ((email IS NULL) <> (link_digest IS NULL)),
    CONSTRAINT shares_email_key UNIQUE (project_id, email),
    CONSTRAINT shares_link_key UNIQUE (link_digest)
);
CREATE INDEX shares_email_idx ON shares (email);

CREATE TABLE share_acceptances (
    share_id uuid NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (share_id, user_id)
);
CREATE INDEX share_acceptances_user_id_idx ON share_acceptances (user_id);

-- What an account may do with a project: the strongest of what it was given, null for nothing.
-- An address counts only once its owner has shown that it is theirs.
CREATE FUNCTION project_role(wanted uuid, account uuid) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE
        WHEN p.owner_id = account THEN 'owner'
        ELSE (
            SELECT s.role
            FROM shares AS s
            WHERE s.project_id = p.id
              AND (s.expires_at IS NULL OR s.expires_at > now())
              AND (
                  EXISTS (
                      SELECT FROM users AS u
                      WHERE u.id = account AND u.email = s.email
                        AND u.email_verified_at IS NOT NULL
                  )
                  OR EXISTS (
                      SELECT FROM share_acceptances AS a
                      WHERE a.share_id = s.id AND a.user_id = account
                  )
              )
            ORDER BY s.role = 'editor' DESC
            LIMIT 1
        )
    END
    FROM projects AS p
    WHERE p.id = wanted;
END;

INSERT INTO schema_migrations (number, name, checksum)
VALUES (4, 'projects', 'd034e425b12690c528bbf1059f231c7054ab514ed4e1a4d9453e0d34a296e15d');

-- 0005_generations

-- Runs from a prompt to a Blueprint, their events, and what accounts use of models.

CREATE TABLE generations (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    prompt text NOT NULL,
    status text NOT NULL DEFAULT 'queued',
    way text NOT NULL,
    model text,
    max_tokens bigint NOT NULL,
    max_cost_microdollars bigint NOT NULL,
    tokens bigint NOT NULL DEFAULT 0,
    cost_microdollars bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    cancel_asked boolean NOT NULL DEFAULT false,
    result jsonb,
    problem jsonb,
    archive bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT generations_status
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    CONSTRAINT generations_ended
        CHECK ((ended_at IS NULL) = (status IN ('queued', 'running'))),
    CONSTRAINT generations_caps
        CHECK (tokens <= max_tokens AND cost_microdollars <= max_cost_microdollars)
);
CREATE INDEX generations_user_id_idx ON generations (user_id, id DESC);
-- A zip is compressed already.
ALTER TABLE generations ALTER COLUMN archive SET STORAGE EXTERNAL;

CREATE TABLE generation_events (
    generation_id uuid NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    number integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event jsonb NOT NULL,
    PRIMARY KEY (generation_id, number)
);

CREATE FUNCTION tell_generation_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('generations', NEW.generation_id::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_generation_event() IS
    'Wakes whoever follows the run, on whatever replica, once the event is committed.';
CREATE TRIGGER generation_events_told AFTER INSERT ON generation_events
    FOR EACH ROW EXECUTE FUNCTION tell_generation_event();

-- What an account used on a day (UTC).
CREATE TABLE usage_days (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day date NOT NULL,
    generations integer NOT NULL DEFAULT 0,
    tokens bigint NOT NULL DEFAULT 0,
    cost_microdollars bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, day)
);

INSERT INTO schema_migrations (number, name, checksum)
VALUES (5, 'generations', '7ff75bc6dfdc3b41d46ffca68080733a2fe13780349750f7fbd00cc86c248dda');

-- 0006_open_generations

-- Runs that have not ended are few among many; every worker looks for abandoned ones twice a minute.
CREATE INDEX generations_open_idx ON generations (id) WHERE status IN ('queued', 'running');

INSERT INTO schema_migrations (number, name, checksum)
VALUES (6, 'open_generations', 'b6412761e2cc52633d371255c77875216e40bc51944b37ebbc26851a1b2ee458');

-- 0007_named_versions

-- A client names each version by an id of its own, good in its project: what is pushed again is told
-- from a return to an earlier text. Such ids say nothing about time, so the order is kept apart.

ALTER TABLE blueprint_versions
    DROP CONSTRAINT blueprint_versions_once,
    DROP CONSTRAINT blueprint_versions_pkey,
    ADD COLUMN number bigint;
UPDATE blueprint_versions AS v
SET number = ranked.number
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM blueprint_versions) AS ranked
WHERE ranked.id = v.id;
ALTER TABLE blueprint_versions
    ALTER COLUMN id DROP DEFAULT,
    ALTER COLUMN number SET NOT NULL,
    ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY,
    ADD PRIMARY KEY (project_id, id);
SELECT setval(
    pg_get_serial_sequence('blueprint_versions', 'number'),
    (SELECT coalesce(max(number), 0) + 1 FROM blueprint_versions),
    false
);
DROP INDEX blueprint_versions_project_id_idx;
CREATE UNIQUE INDEX blueprint_versions_project_id_idx
    ON blueprint_versions (project_id, number DESC);
COMMENT ON COLUMN blueprint_versions.number IS
    'The order in which versions came in, over all projects; it never leaves the service.';

INSERT INTO schema_migrations (number, name, checksum)
VALUES (7, 'named_versions', '1232443cba39c3556488f9158e582d6c43a6bc81280fae2b4608da638b24343f');

-- 0008_failed_mails

-- A task that failed for good stays in the queue, for whoever looks after it: without the addresses
-- that it was to write to and in the name of, and without the project's name.

CREATE FUNCTION mask_failed_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT jsonb_object_agg(
        key, CASE WHEN key IN ('email', 'sender', 'name') THEN to_jsonb('***'::text) ELSE value END
    )
    INTO NEW.args
    FROM jsonb_each(NEW.args);
    RETURN NEW;
END
$$;
CREATE TRIGGER procrastinate_jobs_masked BEFORE UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW
    WHEN (NEW.status NOT IN ('todo', 'doing', 'succeeded') AND NEW.args ? 'email')
    EXECUTE FUNCTION mask_failed_mail();
UPDATE procrastinate_jobs SET status = status
WHERE status NOT IN ('todo', 'doing', 'succeeded') AND args ? 'email';

INSERT INTO schema_migrations (number, name, checksum)
VALUES (8, 'failed_mails', 'fcb439f332378bafee8c28d62f55d99dc6944563ecfdbf98f469d4e3a49f2b4d');

-- 0009_model_calls

-- What models were asked for a run: recorded before each request is sent, and the answers kept, so
-- that whoever takes the run over asks nothing twice but what was under way.

CREATE TABLE model_calls (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    generation_id uuid NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    provider text NOT NULL,
    model text NOT NULL,
    day date NOT NULL,
    charged boolean NOT NULL,
    reserved_tokens bigint NOT NULL,
    reserved_microdollars bigint NOT NULL,
    tokens bigint,
    microdollars bigint,
    problem text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz
);
CREATE INDEX model_calls_generation_id_idx ON model_calls (generation_id, id);
COMMENT ON COLUMN model_calls.charged IS
    'Whether the platform pays: its money counts towards the quota of the day.';

CREATE TABLE model_answers (
    generation_id uuid NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    question text NOT NULL,
    outcome jsonb NOT NULL,
    PRIMARY KEY (generation_id, question)
);

INSERT INTO schema_migrations (number, name, checksum)
VALUES (9, 'model_calls', 'ee5cf43c1ead66c8971a715316243aac38f04f1ed607b8465b984d5dd990e934');

COMMIT;

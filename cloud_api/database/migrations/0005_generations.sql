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

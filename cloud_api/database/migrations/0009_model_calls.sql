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

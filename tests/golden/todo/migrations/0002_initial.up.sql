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

-- The quotient rounded down to an integer (PostgreSQL's own division rounds towards zero).
CREATE FUNCTION floor_divide(dividend numeric, divisor numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  div(dividend, divisor)
  - CASE
      WHEN mod(dividend, divisor) <> 0 AND sign(dividend) <> sign(divisor) THEN 1
      ELSE 0
    END
)::bigint;

-- What is left of the division rounded down; it has the sign of the divisor.
CREATE FUNCTION floor_modulo(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN mod(dividend, divisor)
  + CASE
      WHEN mod(dividend, divisor) <> 0 AND sign(dividend) <> sign(divisor) THEN divisor
      ELSE 0
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

-- The number of days, hours or minutes, unless it is beyond what a duration may have.
CREATE FUNCTION checked_count(number bigint, most bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
  IF number NOT BETWEEN -most AND most THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'the duration is too long';
  END IF;
  RETURN number;
END;
$$;

-- todos
-- --------------------
CREATE TABLE todos (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    owner_id     uuid                      NOT NULL,
    title        text COLLATE "pg_c_utf8"  NOT NULL,
    description  text COLLATE "pg_c_utf8",
    done         boolean                   NOT NULL DEFAULT false,
    due_on       date,
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT todos_pkey PRIMARY KEY (id),
    CONSTRAINT todo_title_min CHECK (char_length(title) >= 1),
    CONSTRAINT todo_title_max CHECK (char_length(title) <= 200),
    CONSTRAINT todo_description_max CHECK (char_length(description) <= 20000),
    CONSTRAINT todo_due_on_range CHECK (due_on BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT todos_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX todos_owner_id_created_at_id_idx ON todos (owner_id, created_at, id);
CREATE INDEX todos_done_created_at_id_idx ON todos (done, created_at, id);
CREATE INDEX todos_due_on_id_idx ON todos (due_on, id);
CREATE INDEX todos_search_idx ON todos USING gin ((lower(title COLLATE "pg_c_utf8")) gin_trgm_ops);

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER todos_version BEFORE UPDATE ON todos
    FOR EACH ROW
    WHEN (
        (OLD.owner_id, OLD.title, OLD.description, OLD.done, OLD.due_on)
        IS DISTINCT FROM
        (NEW.owner_id, NEW.title, NEW.description, NEW.done, NEW.due_on)
    )
    EXECUTE FUNCTION raise_version();

CREATE EXTENSION IF NOT EXISTS pg_trgm;

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

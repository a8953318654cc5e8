-- User: own fields.
ALTER TABLE users ADD COLUMN display_name text COLLATE "pg_c_utf8" NOT NULL;

-- Board: owned by a user, public when published.
CREATE TABLE boards (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    owner_id uuid NOT NULL,
    name text COLLATE "pg_c_utf8" NOT NULL,
    published boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT boards_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT boards_name_length CHECK (char_length(name) BETWEEN 1 AND 80)
);
CREATE INDEX boards_owner_id_idx ON boards (owner_id);
CREATE INDEX boards_created_at_idx ON boards (created_at DESC, id);
CREATE TRIGGER boards_version BEFORE UPDATE ON boards
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version();

-- Card: a part of a board, lives and dies with it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE cards (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    board_id uuid NOT NULL,
    title text COLLATE "pg_c_utf8" NOT NULL,
    notes text COLLATE "pg_c_utf8",
    priority text COLLATE "pg_c_utf8" NOT NULL DEFAULT 'normal',
    budget numeric(17, 2) NOT NULL DEFAULT 0,
    spent numeric(17, 2) NOT NULL DEFAULT 0,
    due_at timestamptz,
    status text COLLATE "pg_c_utf8" NOT NULL DEFAULT 'open',
    attachment_id uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cards_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards (id) ON DELETE CASCADE,
    CONSTRAINT cards_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES files (id) ON DELETE SET NULL,
    CONSTRAINT cards_title_length CHECK (char_length(title) BETWEEN 1 AND 120),
    CONSTRAINT cards_notes_length CHECK (char_length(notes) <= 2000),
    CONSTRAINT cards_priority_values CHECK (priority IN ('low', 'normal', 'high')),
    CONSTRAINT cards_budget_range CHECK (budget >= 0),
    CONSTRAINT cards_spent_range CHECK (spent >= 0),
    CONSTRAINT cards_status_values CHECK (status IN ('open', 'doing', 'done')),
    CONSTRAINT cards_unique UNIQUE (board_id, title),
    CONSTRAINT cards_check CHECK (spent <= budget)
);
CREATE INDEX cards_board_id_created_at_idx ON cards (board_id, created_at, id);
CREATE INDEX cards_attachment_id_idx ON cards (attachment_id);
CREATE INDEX cards_search_idx ON cards
    USING gin ((lower(title || E'\n' || coalesce(notes, ''))) gin_trgm_ops);
CREATE TRIGGER cards_version BEFORE UPDATE ON cards
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version();
CREATE TRIGGER cards_attachment_file AFTER UPDATE OR DELETE ON cards
    FOR EACH ROW EXECUTE FUNCTION drop_replaced_file('attachment_id');

-- Rule card.at_most: a board has at most 100 cards. The lock on the board lines up
-- concurrent insertions, so that each of them counts what the one before it has committed.
CREATE FUNCTION cards_at_most() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM boards WHERE id = NEW.board_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM cards WHERE board_id = NEW.board_id) > 100 THEN
        RAISE EXCEPTION 'a board can have at most 100 cards'
            USING ERRCODE = '23514', CONSTRAINT = 'cards_at_most';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER cards_at_most AFTER INSERT ON cards
    FOR EACH ROW EXECUTE FUNCTION cards_at_most();

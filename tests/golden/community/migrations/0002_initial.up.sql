CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- communities
-- --------------------
CREATE TABLE communities (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    creator_id   uuid                      NOT NULL,
    name         text COLLATE "pg_c_utf8"  NOT NULL,
    description  text COLLATE "pg_c_utf8"  NOT NULL,
    closed       boolean                   NOT NULL DEFAULT false,
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT communities_pkey PRIMARY KEY (id),
    CONSTRAINT community_name_min CHECK (char_length(name) >= 3),
    CONSTRAINT community_name_max CHECK (char_length(name) <= 30),
    CONSTRAINT community_name_pattern CHECK (name ~ '^(?:[a-z0-9]+(-[a-z0-9]+)*)$'),
    CONSTRAINT community_description_max CHECK (char_length(description) <= 20000),
    CONSTRAINT community_name_unique UNIQUE (name),
    CONSTRAINT communities_creator_id_fkey
        FOREIGN KEY (creator_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX communities_created_at_id_idx ON communities (created_at, id);
CREATE INDEX communities_creator_id_created_at_id_idx ON communities (creator_id, created_at, id);

-- memberships
-- --------------------
CREATE TABLE memberships (
    id            uuid                      NOT NULL DEFAULT uuidv7(),
    community_id  uuid                      NOT NULL,
    user_id       uuid                      NOT NULL,
    role          text COLLATE "pg_c_utf8"  NOT NULL DEFAULT 'reader',
    version       bigint                    NOT NULL DEFAULT 1,
    created_at    timestamptz               NOT NULL DEFAULT now(),
    updated_at    timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT memberships_pkey PRIMARY KEY (id),
    CONSTRAINT membership_role_values CHECK (role IN ('reader', 'moderator')),
    CONSTRAINT membership_unique UNIQUE (community_id, user_id),
    CONSTRAINT memberships_community_id_fkey
        FOREIGN KEY (community_id) REFERENCES communities (id) ON DELETE RESTRICT,
    CONSTRAINT memberships_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX memberships_created_at_id_idx ON memberships (created_at, id);
CREATE INDEX memberships_user_id_created_at_id_idx ON memberships (user_id, created_at, id);

-- posts
-- --------------------
CREATE TABLE posts (
    id            uuid                      NOT NULL DEFAULT uuidv7(),
    community_id  uuid                      NOT NULL,
    author_id     uuid                      NOT NULL,
    title         text COLLATE "pg_c_utf8"  NOT NULL,
    body          text COLLATE "pg_c_utf8"  NOT NULL,
    score         bigint                    NOT NULL DEFAULT 0,
    version       bigint                    NOT NULL DEFAULT 1,
    created_at    timestamptz               NOT NULL DEFAULT now(),
    updated_at    timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT posts_pkey PRIMARY KEY (id),
    CONSTRAINT post_title_min CHECK (char_length(title) >= 5),
    CONSTRAINT post_title_max CHECK (char_length(title) <= 120),
    CONSTRAINT post_body_min CHECK (char_length(body) >= 10),
    CONSTRAINT post_body_max CHECK (char_length(body) <= 10000),
    CONSTRAINT post_score_range CHECK (score BETWEEN -9007199254740991 AND 9007199254740991),
    CONSTRAINT posts_community_id_fkey
        FOREIGN KEY (community_id) REFERENCES communities (id) ON DELETE RESTRICT,
    CONSTRAINT posts_author_id_fkey
        FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX posts_created_at_id_idx ON posts (created_at, id);
CREATE INDEX posts_author_id_created_at_id_idx ON posts (author_id, created_at, id);
CREATE INDEX posts_community_id_created_at_id_idx ON posts (community_id, created_at, id);
CREATE INDEX posts_score_id_idx ON posts (score, id);
CREATE INDEX posts_search_idx ON posts USING gin
    ((lower((title || E'\n' || body) COLLATE "pg_c_utf8")) gin_trgm_ops);

-- comments
-- --------------------
CREATE TABLE comments (
    id          uuid                      NOT NULL DEFAULT uuidv7(),
    author_id   uuid                      NOT NULL,
    post_id     uuid                      NOT NULL,
    parent_id   uuid,
    body        text COLLATE "pg_c_utf8"  NOT NULL,
    version     bigint                    NOT NULL DEFAULT 1,
    created_at  timestamptz               NOT NULL DEFAULT now(),
    updated_at  timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT comments_pkey PRIMARY KEY (id),
    CONSTRAINT comment_body_min CHECK (char_length(body) >= 2),
    CONSTRAINT comment_body_max CHECK (char_length(body) <= 2000),
    CONSTRAINT comments_author_id_fkey
        FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT comments_post_id_fkey
        FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE RESTRICT,
    CONSTRAINT comments_parent_id_fkey
        FOREIGN KEY (parent_id) REFERENCES comments (id) ON DELETE CASCADE
);

CREATE INDEX comments_created_at_id_idx ON comments (created_at, id);
CREATE INDEX comments_author_id_created_at_id_idx ON comments (author_id, created_at, id);
CREATE INDEX comments_post_id_created_at_id_idx ON comments (post_id, created_at, id);
CREATE INDEX comments_parent_id_created_at_id_idx ON comments (parent_id, created_at, id);

-- votes
-- --------------------
CREATE TABLE votes (
    id          uuid         NOT NULL DEFAULT uuidv7(),
    post_id     uuid         NOT NULL,
    voter_id    uuid         NOT NULL,
    value       bigint       NOT NULL,
    version     bigint       NOT NULL DEFAULT 1,
    created_at  timestamptz  NOT NULL DEFAULT now(),
    updated_at  timestamptz  NOT NULL DEFAULT now(),

    CONSTRAINT votes_pkey PRIMARY KEY (id),
    CONSTRAINT vote_value_in CHECK (value IN (-1, 1)),
    CONSTRAINT vote_unique UNIQUE (post_id, voter_id),
    CONSTRAINT votes_post_id_fkey FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE RESTRICT,
    CONSTRAINT votes_voter_id_fkey FOREIGN KEY (voter_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX votes_voter_id_created_at_id_idx ON votes (voter_id, created_at, id);

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER communities_version BEFORE UPDATE ON communities
    FOR EACH ROW
    WHEN (
        (OLD.creator_id, OLD.name, OLD.description, OLD.closed)
        IS DISTINCT FROM
        (NEW.creator_id, NEW.name, NEW.description, NEW.closed)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER memberships_version BEFORE UPDATE ON memberships
    FOR EACH ROW
    WHEN (
        (OLD.community_id, OLD.user_id, OLD.role)
        IS DISTINCT FROM
        (NEW.community_id, NEW.user_id, NEW.role)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION post_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM communities WHERE id = NEW.community_id FOR SHARE;
    IF
        NOT (NOT (SELECT c.closed FROM communities AS c WHERE c.id = NEW.community_id))
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'post_check',
            TABLE = 'posts', MESSAGE = 'this community is closed';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION post_check() IS
    'post.check: not community.closed';
CREATE TRIGGER post_check AFTER INSERT ON posts
    FOR EACH ROW
    EXECUTE FUNCTION post_check();

CREATE TRIGGER posts_version BEFORE UPDATE ON posts
    FOR EACH ROW
    WHEN (
        (OLD.community_id, OLD.author_id, OLD.title, OLD.body, OLD.score)
        IS DISTINCT FROM
        (NEW.community_id, NEW.author_id, NEW.title, NEW.body, NEW.score)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION comment_parent_same() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.parent_id, OLD.post_id) IS NOT DISTINCT FROM (NEW.parent_id, NEW.post_id)
    THEN
        RETURN NULL;
    END IF;
    PERFORM FROM comments WHERE id = NEW.parent_id FOR SHARE;
    IF
        NEW.parent_id IS NOT NULL
        AND (SELECT c.post_id FROM comments AS c WHERE c.id = NEW.parent_id)
            IS DISTINCT FROM NEW.post_id
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'comment_parent_same',
            TABLE = 'comments', MESSAGE = 'There is no such row.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION comment_parent_same() IS
    'comment.parent: only rows with the same post';
CREATE TRIGGER comment_parent_same AFTER INSERT OR UPDATE ON comments
    FOR EACH ROW
    EXECUTE FUNCTION comment_parent_same();

CREATE TRIGGER comments_version BEFORE UPDATE ON comments
    FOR EACH ROW
    WHEN (
        (OLD.author_id, OLD.post_id, OLD.parent_id, OLD.body)
        IS DISTINCT FROM
        (NEW.author_id, NEW.post_id, NEW.parent_id, NEW.body)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION vote_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND (
            NEW.version = OLD.version
            OR pg_trigger_depth() > 1
            AND (OLD.post_id, OLD.voter_id) IS NOT DISTINCT FROM (NEW.post_id, NEW.voter_id)
        )
    THEN
        RETURN NULL;
    END IF;
    PERFORM FROM posts WHERE id = NEW.post_id FOR NO KEY UPDATE;
    IF
        NOT ((SELECT p.author_id FROM posts AS p WHERE p.id = NEW.post_id) <> NEW.voter_id)
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'vote_check',
            TABLE = 'votes', MESSAGE = 'not your own post';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION vote_check() IS
    'vote.check: post.author != voter';
CREATE TRIGGER vote_check AFTER INSERT OR UPDATE ON votes
    FOR EACH ROW
    EXECUTE FUNCTION vote_check();

CREATE OR REPLACE FUNCTION votes_post_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.post_id, OLD.value) IS NOT DISTINCT FROM (NEW.post_id, NEW.value)
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.post_id = NEW.post_id THEN
        -- In one step, so that no total passes through a value that it never has.
        UPDATE posts SET
            score = posts.score - OLD.value + NEW.value
        WHERE id = NEW.post_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM FROM posts
        WHERE id IN (OLD.post_id, NEW.post_id) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE posts SET
            score = posts.score - OLD.value
        WHERE id = OLD.post_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE posts SET
            score = posts.score + NEW.value
        WHERE id = NEW.post_id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION votes_post_sums() IS
    'Keeps posts.score right.';
CREATE TRIGGER votes_post_sums AFTER INSERT OR UPDATE OR DELETE ON votes
    FOR EACH ROW
    EXECUTE FUNCTION votes_post_sums();

CREATE TRIGGER votes_version BEFORE UPDATE ON votes
    FOR EACH ROW
    WHEN (
        (OLD.post_id, OLD.voter_id, OLD.value)
        IS DISTINCT FROM
        (NEW.post_id, NEW.voter_id, NEW.value)
    )
    EXECUTE FUNCTION raise_version();

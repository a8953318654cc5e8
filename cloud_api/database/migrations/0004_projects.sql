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

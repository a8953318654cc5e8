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

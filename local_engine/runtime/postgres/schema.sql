-- One value that differs whenever the schema does: every definition outside of PostgreSQL's own
-- schemas, by names rather than numbers, so that what was dropped and made again alike is the same.
WITH own AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
definitions AS (
    SELECT concat_ws(' ', 'schema', nspname) AS definition FROM own
    UNION ALL
    SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
    UNION ALL
    SELECT concat_ws(' ', 'relation', n.nspname, c.relname, c.relkind, c.relpersistence,
                     pg_get_userbyid(c.relowner), c.relacl::text, c.reloptions::text,
                     c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
    FROM pg_class AS c JOIN own AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attnum, a.attname, a.attisdropped,
                     format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                     a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN own AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef AS d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'f')
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN own AS n ON n.oid = c.relnamespace
    UNION ALL
    SELECT concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname,
                     pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint AS k JOIN own AS n ON n.oid = k.connamespace
    UNION ALL
    SELECT concat_ws(' ', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid))
    FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN own AS n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'function', p.oid::regprocedure, p.proacl::text,
                     CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END)
    FROM pg_proc AS p
    JOIN own AS n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.objid = p.oid AND e.deptype = 'e')
    UNION ALL
    SELECT concat_ws(' ', 'type', t.oid::regtype, t.typtype, t.typnotnull, t.typdefault,
                     (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum
                      WHERE enumtypid = t.oid))
    FROM pg_type AS t
    JOIN own AS n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT concat_ws(' ', 'policy', p.polrelid::regclass, p.polname, p.polcmd,
                     p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
                     pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy AS p
    UNION ALL
    SELECT concat_ws(' ', 'sequence', seqrelid::regclass, seqtypid::regtype, seqstart,
                     seqincrement, seqmin, seqmax, seqcycle)
    FROM pg_sequence
    UNION ALL
    SELECT concat_ws(' ', 'setting', setconfig::text) FROM pg_db_role_setting
)
SELECT encode(sha256(convert_to(string_agg(definition, E'\n' ORDER BY definition), 'UTF8')), 'hex')
FROM definitions

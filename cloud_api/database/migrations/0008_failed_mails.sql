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

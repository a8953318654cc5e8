-- Runs that have not ended are few among many; every worker looks for abandoned ones twice a minute.
CREATE INDEX generations_open_idx ON generations (id) WHERE status IN ('queued', 'running');

-- How deep in triggers a row was written; what an older outbox holds counts as written by none of the application.
ALTER TABLE backstory_outbox ADD COLUMN IF NOT EXISTS depth smallint NOT NULL DEFAULT 1;
ALTER TABLE backstory_outbox ALTER COLUMN depth SET DEFAULT pg_trigger_depth()

-- What was written and not yet published: one row a statement, or one recorded event.
-- The order of the columns matters: defaults run in it, so a row's transaction has its number (xid) before seq is drawn.
-- A missing right to read the slot sequence is an error before PostgreSQL 17 and NULL from there on; NULL becomes slot 0.
-- kind is insert, update, delete, truncate or event; a CHECK would add 4 µs to each statement of 6 µs.
-- first_xid is the xid a row had in the cluster it was restored from: event ids are made of it.
-- depth is 1 for a statement of the client and more for those of triggers, negative for a statement's further rows.
-- The default of context is that of add_outbox_context.sql.
CREATE TABLE backstory_outbox (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint NOT NULL DEFAULT nextval('backstory_outbox_seq'),
    slot smallint NOT NULL DEFAULT coalesce(pg_sequence_last_value('backstory_outbox_slot'), 0),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    name text NOT NULL,
    version smallint,
    subject text,
    context text,
    role text NOT NULL DEFAULT session_user,
    application text DEFAULT current_setting('application_name'),
    address inet DEFAULT inet_client_addr(),
    old json,
    new json,
    old_count integer NOT NULL DEFAULT 0,
    new_count integer NOT NULL DEFAULT 0,
    first_xid xid8,
    depth smallint NOT NULL DEFAULT pg_trigger_depth()
) PARTITION BY LIST (slot);

-- Rows are never updated and leave by TRUNCATE: there is nothing to vacuum, and a vacuum would be in TRUNCATE's way.
CREATE TABLE backstory_outbox_0 PARTITION OF backstory_outbox FOR VALUES IN (0)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TABLE backstory_outbox_1 PARTITION OF backstory_outbox FOR VALUES IN (1)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);

-- Large images go out of line as they are: compressing them would cost the writer more than it saves the disk.
ALTER TABLE backstory_outbox ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;
ALTER TABLE backstory_outbox_0 ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;
ALTER TABLE backstory_outbox_1 ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;

CREATE INDEX backstory_outbox_seq_index ON backstory_outbox (seq);

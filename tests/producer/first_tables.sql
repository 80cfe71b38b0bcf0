-- The relay's tables as the first version made them: what every later one must bring up to date.
CREATE SEQUENCE backstory_outbox_seq AS bigint CACHE 1;

CREATE SEQUENCE backstory_outbox_slot AS smallint MINVALUE 0 MAXVALUE 1 START 0 CACHE 1;
SELECT setval('backstory_outbox_slot', 0);

CREATE TABLE backstory_outbox (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint NOT NULL DEFAULT nextval('backstory_outbox_seq'),
    slot smallint NOT NULL DEFAULT coalesce(pg_sequence_last_value('backstory_outbox_slot'), 0),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'truncate', 'event')),
    name text NOT NULL,
    version smallint,
    subject text,
    context text DEFAULT
        CASE WHEN left(current_query(), 2) = '/*'
        THEN substr(split_part(left(current_query(), 65536), '*/', 1), 3) END,
    role text NOT NULL DEFAULT session_user,
    application text DEFAULT current_setting('application_name'),
    address inet DEFAULT inet_client_addr(),
    old json,
    new json,
    old_count integer NOT NULL DEFAULT 0,
    new_count integer NOT NULL DEFAULT 0
) PARTITION BY LIST (slot);

CREATE TABLE backstory_outbox_0 PARTITION OF backstory_outbox FOR VALUES IN (0)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TABLE backstory_outbox_1 PARTITION OF backstory_outbox FOR VALUES IN (1)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);

ALTER TABLE backstory_outbox ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;
ALTER TABLE backstory_outbox_0 ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;
ALTER TABLE backstory_outbox_1 ALTER COLUMN old SET STORAGE EXTERNAL, ALTER COLUMN new SET STORAGE EXTERNAL;

CREATE INDEX backstory_outbox_seq_index ON backstory_outbox (seq);

CREATE TABLE backstory_model (
    label text PRIMARY KEY,
    table_name text NOT NULL,
    kind text NOT NULL DEFAULT 'base' CHECK (kind IN ('base', 'through', 'tracked')),
    key text[] NOT NULL CHECK (cardinality(key) > 0),
    columns jsonb NOT NULL CHECK (jsonb_typeof(columns) = 'object'),
    entity_label text,
    entity_column text,
    void_column text,
    version bigint NOT NULL DEFAULT 1
);

CREATE TABLE backstory_source (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name text NOT NULL,
    system_identifier bigint NOT NULL,
    database text NOT NULL,
    timeline integer NOT NULL,
    believed_roles text[] NOT NULL DEFAULT '{}',
    bound_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE backstory_relay (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    snapshot pg_snapshot NOT NULL DEFAULT '1:1:',
    window_snapshot pg_snapshot,
    last_seq bigint NOT NULL DEFAULT 0,
    window_number bigint NOT NULL DEFAULT 1,
    window_events bigint NOT NULL DEFAULT 0,
    window_digest text NOT NULL DEFAULT '00000000000000000000000000000000',
    window_opened_at timestamptz,
    heartbeat timestamptz,
    holder text,
    revision bigint NOT NULL DEFAULT 0
);
INSERT INTO backstory_relay DEFAULT VALUES;

CREATE TABLE backstory_window (
    number bigint PRIMARY KEY,
    events bigint NOT NULL,
    digest text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    announced boolean NOT NULL DEFAULT false
);
CREATE INDEX backstory_window_unannounced_index ON backstory_window (number) WHERE NOT announced;

CREATE TABLE backstory_set_aside (
    xid xid8 NOT NULL,
    seq bigint NOT NULL,
    slot smallint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    version smallint,
    subject text,
    context text,
    role text NOT NULL,
    application text,
    address inet,
    old json,
    new json,
    old_count integer NOT NULL,
    new_count integer NOT NULL,
    reason text NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (seq, xid, at)
);


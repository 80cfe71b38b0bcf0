-- What the relay knows of each tracked table; written by backstory_install, read by the relay.
-- columns holds those a model had before, too: rows written then may still be in the outbox.
-- triggers is what each trigger of ours looks like, by name; a retired model is no longer captured.
CREATE TABLE backstory_model (
    label text PRIMARY KEY,
    table_name text NOT NULL,
    kind text NOT NULL DEFAULT 'base' CHECK (kind IN ('base', 'through', 'tracked')),
    key text[] NOT NULL CHECK (cardinality(key) > 0),
    columns jsonb NOT NULL CHECK (jsonb_typeof(columns) = 'object'),
    entity_label text,
    entity_column text,
    void_column text,
    version bigint NOT NULL DEFAULT 1,
    triggers jsonb NOT NULL DEFAULT '{}',
    retired boolean NOT NULL DEFAULT false
);

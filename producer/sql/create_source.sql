-- One row: the name under which this very database publishes, and the server it was bound to.
-- A source that was bound by an older version gets its database_oid when it is next looked at.
CREATE TABLE backstory_source (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name text NOT NULL,
    system_identifier bigint NOT NULL,
    database text NOT NULL,
    database_oid oid,
    timeline integer NOT NULL,
    believed_roles text[] NOT NULL DEFAULT '{}',
    bound_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

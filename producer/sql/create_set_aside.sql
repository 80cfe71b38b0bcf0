-- Outbox rows that could not be published, as they were, with the reason.
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

-- One row: how far the relay has come. All that is visible in snapshot is published; of what window_snapshot sees beyond
-- it, all up to last_seq. revision grows with each change: a relay that was replaced finds another one and stops.
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

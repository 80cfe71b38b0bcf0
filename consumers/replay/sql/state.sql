-- The one replay that is under way: what was asked for, and how far it has come.
CREATE TABLE IF NOT EXISTS history_replay.state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    topic text NOT NULL,
    topic_id text NOT NULL,
    consumer text NOT NULL,
    asked json NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    read bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    indexed_at timestamptz,
    compared_at timestamptz
)

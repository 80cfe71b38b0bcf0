-- The ledger windows that were looked at, and what was found. content covers each row but for when and from where it
-- arrived; that of the first proof stays. A window of which nothing is told has no events and no digest.
CREATE TABLE IF NOT EXISTS verify.windows (
    source text NOT NULL,
    number bigint NOT NULL,
    events bigint,
    digest text,
    opened_at timestamptz,
    closed_at timestamptz,
    state text NOT NULL,
    missing bigint NOT NULL,
    content bytea,
    proved_at timestamptz,
    verified_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, number)
);
CREATE INDEX IF NOT EXISTS windows_not_proved ON verify.windows (source, number) WHERE state <> 'proved';
CREATE INDEX IF NOT EXISTS windows_by_time ON verify.windows (closed_at)

-- The ledger: what each closed window held, so that completeness downstream can be proved.
CREATE TABLE backstory_window (
    number bigint PRIMARY KEY,
    events bigint NOT NULL,
    digest text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    announced boolean NOT NULL DEFAULT false
);
CREATE INDEX backstory_window_unannounced_index ON backstory_window (number) WHERE NOT announced;

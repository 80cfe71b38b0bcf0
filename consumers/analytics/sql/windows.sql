-- Windows whose numbers may still change: counted in the worker's memory (open), or to be computed from the history
-- because a worker has not seen all of their events (touched). A window that is not here is final.
CREATE TABLE IF NOT EXISTS analytics.windows (
    start_at timestamptz NOT NULL,
    length_s integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'touched')),
    PRIMARY KEY (start_at, length_s)
);

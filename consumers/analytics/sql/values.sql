-- The numbers: one a window, metric and key, written as a whole and never added to.
CREATE SCHEMA IF NOT EXISTS analytics;
CREATE TABLE IF NOT EXISTS analytics.values (
    start_at timestamptz NOT NULL,
    length_s integer NOT NULL,
    metric text NOT NULL,
    key text NOT NULL,
    value double precision NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (start_at, length_s, metric, key)
);

-- Which decisions Kafka has an event of; decisions themselves never change.
CREATE TABLE IF NOT EXISTS history.decision_events (
    decision bigint PRIMARY KEY,
    published_at timestamptz NOT NULL DEFAULT now()
);

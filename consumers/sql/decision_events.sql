-- Which decisions were told to Kafka, by which event; decisions themselves never change.
CREATE TABLE IF NOT EXISTS history.decision_events (
    decision bigint PRIMARY KEY,
    event uuid NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);

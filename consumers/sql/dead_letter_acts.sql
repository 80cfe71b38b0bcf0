-- What people did about dead letters, once each at most, with the event that tells of it. Rows are only added;
-- published_at is set when Kafka has the event.
CREATE TABLE IF NOT EXISTS history.dead_letter_acts (
    letter bigint PRIMARY KEY REFERENCES history.dead_letters,
    kind text NOT NULL CHECK (kind IN ('retried', 'dropped')),
    actor text NOT NULL,
    reason text NOT NULL,
    acted_at timestamptz NOT NULL DEFAULT now(),
    event json NOT NULL,
    published_at timestamptz
);
CREATE INDEX IF NOT EXISTS dead_letter_acts_unpublished ON history.dead_letter_acts (letter) WHERE published_at IS NULL;

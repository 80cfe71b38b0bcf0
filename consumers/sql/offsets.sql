-- How far each consumer has come: the next offset it needs, moved in the transaction that keeps the events.
CREATE TABLE IF NOT EXISTS history.offsets (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    topic_id text NOT NULL,
    next_offset bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, topic, partition)
) WITH (fillfactor = 50);

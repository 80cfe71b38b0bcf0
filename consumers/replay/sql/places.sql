-- How far it has read each partition of the topic. last_offset is where it was asked to stop; null: it follows the live history.
CREATE TABLE IF NOT EXISTS history_replay.places (
    partition integer PRIMARY KEY,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    last_offset bigint
) WITH (fillfactor = 50)

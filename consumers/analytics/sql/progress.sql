-- How far the worker has counted: offsets by partition, and the newest event time it has seen.
CREATE TABLE IF NOT EXISTS analytics.progress (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    watermark timestamptz NOT NULL,
    PRIMARY KEY (topic, partition)
);

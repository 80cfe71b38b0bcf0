-- How far each topic has been rebuilt from this history: all kept before begun_at, up to that place, is in it.
CREATE TABLE IF NOT EXISTS history.rebuilds (
    topic text NOT NULL,
    topic_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL DEFAULT '',
    sequence bigint NOT NULL DEFAULT -1,
    position integer NOT NULL DEFAULT -1,
    id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    events bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    PRIMARY KEY (topic, topic_id)
);
GRANT SELECT, INSERT, UPDATE ON history.rebuilds TO backstory_writer;

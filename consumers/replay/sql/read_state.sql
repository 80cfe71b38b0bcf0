-- What was asked of the replay that is under way, and how far it has come.
SELECT topic, topic_id, consumer, asked::text, begun_at, read, kept, indexed_at, compared_at,
    (SELECT count(*) FROM history_replay.rejected) FROM history_replay.state

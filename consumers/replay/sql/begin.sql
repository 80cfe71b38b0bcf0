-- Note what is asked of a replay, in the transaction that makes its tables.
INSERT INTO history_replay.state (topic, topic_id, consumer, asked) VALUES (%s, %s, %s, %s)

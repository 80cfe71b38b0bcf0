-- Begin a rebuild, unless it is begun.
INSERT INTO history.rebuilds (topic, topic_id) VALUES (%s, %s) ON CONFLICT DO NOTHING

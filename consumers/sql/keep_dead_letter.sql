-- Keep one record that could not be used; once, however often it is read.
INSERT INTO history.dead_letters (consumer, topic, topic_id, partition, "offset", key, value, headers, reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING

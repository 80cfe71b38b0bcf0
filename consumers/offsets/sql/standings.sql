-- Where consumers stand in a topic.
SELECT consumer, topic_id, partition, next_offset, moved_at FROM history.offsets
WHERE topic = %(topic)s AND (%(consumer)s::text IS NULL OR consumer = %(consumer)s) ORDER BY consumer, partition

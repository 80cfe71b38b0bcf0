-- Where one consumer stands in one topic.
SELECT partition, next_offset, topic_id FROM history.offsets WHERE consumer = %s AND topic = %s

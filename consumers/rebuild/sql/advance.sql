-- All up to this place is acknowledged by the new topic.
UPDATE history.rebuilds SET source = %s, sequence = %s, position = %s, id = %s, events = events + %s
WHERE topic = %s AND topic_id = %s

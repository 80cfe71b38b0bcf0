-- The topic has everything.
UPDATE history.rebuilds SET finished_at = now() WHERE topic = %s AND topic_id = %s

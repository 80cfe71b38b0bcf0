-- How far a rebuild has come.
SELECT begun_at, source, sequence, position, id, events, finished_at IS NOT NULL FROM history.rebuilds
WHERE topic = %s AND topic_id = %s

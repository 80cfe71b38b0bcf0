-- Every event in the order of writes.
SELECT id, type, source, sequence, position, model, object_id, trace_id, username, action, url_path, origin,
       occurred_at, topic, partition, "offset", value::text
FROM history.events
WHERE type NOT LIKE 'relay.%%'
ORDER BY source, sequence, position

-- Everything that happened to one object, in the order of its writes.
SELECT occurred_at, type, value::text
FROM history.events
WHERE model = %(model)s AND object_id = %(object_id)s
ORDER BY source, sequence, position

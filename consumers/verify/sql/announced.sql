-- Windows as their events tell of them, in the order of their ids.
SELECT id, source, value::text FROM history.events
WHERE type = 'relay.window' AND id > %(after)s AND id >= history.first_id(%(since)s) ORDER BY id LIMIT %(limit)s

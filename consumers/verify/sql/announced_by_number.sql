-- Windows of one source as their events tell of them, found by their subjects.
SELECT id, source, value::text FROM history.events
WHERE object_id = ANY (%(numbers)s) AND model = 'backstory.Window' AND type = 'relay.window' AND source = %(source)s

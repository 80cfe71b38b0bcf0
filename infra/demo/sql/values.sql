-- The events since an id, as they were published.
SELECT convert_to(value::text, 'UTF8') FROM history.events WHERE id >= %(since)s ORDER BY id

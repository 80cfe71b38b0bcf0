-- One event as the bytes that were published.
SELECT convert_to(value::text, 'UTF8') FROM history.events WHERE id = %(id)s

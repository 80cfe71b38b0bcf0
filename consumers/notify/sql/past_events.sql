-- The newest events that fit what is not null, newest first, as the bytes that were published.
SELECT convert_to(value::text, 'UTF8') FROM history.events
WHERE (%(type)s::text IS NULL OR type = %(type)s)
    AND (%(model)s::text IS NULL OR (object_id = %(object_id)s AND model = %(model)s))
    AND (%(entity)s::text IS NULL OR entity = %(entity)s)
    AND (%(actor)s::text IS NULL OR user_id = %(actor)s)
    AND (%(since)s::timestamptz IS NULL OR (id >= history.first_id(%(since)s) AND occurred_at >= %(since)s))
ORDER BY id DESC LIMIT %(limit)s

-- Move an offset where a person says, unless the consumer has moved it meanwhile.
UPDATE history.offsets SET topic_id = %(topic_id)s, next_offset = %(next_offset)s, moved_at = now()
WHERE consumer = %(consumer)s AND topic = %(topic)s AND partition = %(partition)s
    AND topic_id = %(former_topic_id)s AND next_offset = %(former_offset)s

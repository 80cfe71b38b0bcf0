-- One page of dead letters that fit the filters (null fits any), with what was done about them.
SELECT letters.id, consumer, topic, topic_id, partition, "offset", key, value, headers, letters.reason, recorded_at,
    acts.kind, acts.actor, acts.reason, acts.acted_at, acts.published_at IS NOT NULL
FROM history.dead_letters AS letters LEFT JOIN history.dead_letter_acts AS acts ON acts.letter = letters.id
WHERE letters.id > %(after)s
    AND (%(ids)s::bigint[] IS NULL OR letters.id = ANY (%(ids)s))
    AND (%(consumer)s::text IS NULL OR consumer = %(consumer)s)
    AND (%(reason)s::text IS NULL OR strpos(lower(letters.reason), lower(%(reason)s)) > 0)
    AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
    AND (%(settled)s OR acts.letter IS NULL)
ORDER BY letters.id LIMIT %(count)s

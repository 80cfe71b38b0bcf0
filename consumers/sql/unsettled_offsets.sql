-- Where, from given offsets on, the dead letters lie that nobody has retried or dropped.
SELECT letters.partition, letters."offset"
FROM unnest(%(partitions)s::integer[], %(starts)s::bigint[]) AS since (partition, start)
JOIN history.offsets AS place
    ON place.consumer = %(consumer)s AND place.topic = %(topic)s AND place.partition = since.partition
JOIN history.dead_letters AS letters
    ON letters.consumer = place.consumer AND letters.topic = place.topic AND letters.topic_id = place.topic_id
    AND letters.partition = since.partition AND letters."offset" >= since.start
WHERE NOT EXISTS (SELECT FROM history.dead_letter_acts WHERE letter = letters.id)

-- Number and digest of the rows of one partition that lie before given places, in any order: the sums of the halves of
-- sha256 over id and value. When and from where they came is no part of it. The hash stands in an array of one, so that
-- it is computed once a row, and by parallel workers too.
SELECT count(*), coalesce(sum(('x' || encode(substr(hash, 1, 8), 'hex'))::bit(64)::bigint), 0),
    coalesce(sum(('x' || encode(substr(hash, 9, 8), 'hex'))::bit(64)::bigint), 0)
FROM {rows} AS event
LEFT JOIN unnest(%(partitions)s::integer[], %(places)s::bigint[]) AS place (partition, next_offset)
    ON event.topic = %(topic)s AND place.partition = event.partition
CROSS JOIN LATERAL unnest(ARRAY[sha256(uuid_send(event.id) || convert_to(event.value::text, 'UTF8'))]) AS hashed (hash)
WHERE place.next_offset IS NULL OR event."offset" < place.next_offset

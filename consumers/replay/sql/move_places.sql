-- Move on, each partition only from where the caller believes it stands. Returns how many moved.
WITH moved AS (
    UPDATE history_replay.places AS place SET next_offset = move.next
    FROM unnest(%(partitions)s::integer[], %(expected)s::bigint[], %(next)s::bigint[]) AS move (partition, expected, next)
    WHERE place.partition = move.partition AND place.next_offset = move.expected
    RETURNING 1
)
SELECT count(*) FROM moved

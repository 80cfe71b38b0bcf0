-- Move offsets on, each only from where the caller believes it stands (compare and swap; null: nowhere yet).
-- Returns how many moved.
WITH move AS (
    SELECT * FROM unnest(%(partitions)s::integer[], %(expected)s::bigint[], %(next)s::bigint[])
        AS move (partition, expected, next)
), moved AS (
    UPDATE history.offsets AS offsets SET next_offset = move.next, moved_at = now() FROM move
    WHERE offsets.consumer = %(consumer)s AND offsets.topic = %(topic)s AND offsets.topic_id = %(topic_id)s
        AND offsets.partition = move.partition AND offsets.next_offset = move.expected
    RETURNING 1
), begun AS (
    INSERT INTO history.offsets (consumer, topic, partition, topic_id, next_offset)
    SELECT %(consumer)s, %(topic)s, partition, %(topic_id)s, next FROM move WHERE expected IS NULL
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM begun)

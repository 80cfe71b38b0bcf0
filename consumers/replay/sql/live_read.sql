-- How many records the live history has read of a topic.
SELECT coalesce(sum(next_offset), 0)::bigint FROM history.offsets WHERE consumer = %s AND topic = %s

-- How far each consumer has come, and how long ago it moved.
SELECT consumer, topic, partition, next_offset,
    extract(epoch FROM clock_timestamp() - moved_at)::double precision AS moved_age_s
FROM history.offsets

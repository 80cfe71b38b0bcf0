-- Where the replay stands in each partition.
SELECT partition, first_offset, next_offset, last_offset FROM history_replay.places ORDER BY partition

-- Copy the rows of one live partition that the fresh table lacks, except those it will still read from the topic.
INSERT INTO history_replay.events
SELECT event.* FROM {live} AS event
LEFT JOIN unnest(%(partitions)s::integer[], %(places)s::bigint[]) AS place (partition, next_offset)
    ON event.topic = %(topic)s AND place.partition = event.partition
WHERE (place.next_offset IS NULL OR event."offset" < place.next_offset)
    AND NOT EXISTS (SELECT FROM {fresh} AS fresh WHERE fresh.id = event.id)

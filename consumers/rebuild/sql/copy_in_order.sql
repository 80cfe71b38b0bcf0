-- What was kept before a moment and lies behind a place, in the order of each source.
COPY (
    SELECT source, sequence, position, id, value FROM history.events
    WHERE recorded_at < {before}
        AND (source COLLATE "C", sequence, position, id) > ({source}, {sequence}, {position}, {id}::uuid)
    ORDER BY source COLLATE "C", sequence, position, id
) TO STDOUT (FORMAT binary)

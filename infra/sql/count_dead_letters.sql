-- The records each consumer could not use, with the last one's time and reason.
SELECT consumer, count(*), max(recorded_at), (array_agg(reason ORDER BY id DESC))[1]
FROM history.dead_letters GROUP BY consumer ORDER BY consumer

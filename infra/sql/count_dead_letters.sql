-- The records each consumer could not use and nobody has settled, with the last one's time and reason.
SELECT consumer, count(*), max(recorded_at), (array_agg(reason ORDER BY id DESC))[1]
FROM history.dead_letters AS letters
WHERE NOT EXISTS (SELECT FROM history.dead_letter_acts WHERE letter = letters.id)
GROUP BY consumer ORDER BY consumer

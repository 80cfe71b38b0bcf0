-- The events of acts that Kafka has not acknowledged; those that another process has in hand are left to it.
SELECT letter, event::text FROM history.dead_letter_acts WHERE published_at IS NULL
ORDER BY letter LIMIT 500 FOR UPDATE SKIP LOCKED

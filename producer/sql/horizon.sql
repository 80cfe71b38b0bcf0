-- What is visible now, and the last number given out.
SELECT pg_current_snapshot()::text, coalesce(pg_sequence_last_value('backstory_outbox_seq'), 0)

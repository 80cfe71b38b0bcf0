-- The last number given to an outbox row, 0 before the first.
SELECT coalesce(pg_sequence_last_value('backstory_outbox_seq'), 0)

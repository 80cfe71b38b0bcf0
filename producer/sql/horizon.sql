-- What is visible now, the last number given out, and a mark that changes with the source and the tracked models.
SELECT
    pg_current_snapshot()::text,
    coalesce(pg_sequence_last_value('backstory_outbox_seq'), 0),
    (SELECT concat_ws(' ', count(*), sum(version), max(xmin::text::bigint)) FROM backstory_model)
        || (SELECT concat_ws(' ', '', xmin, ctid) FROM backstory_source)

-- A mark that changes with the source and with the tracked models.
SELECT concat_ws(' ',
    (SELECT concat_ws(' ', count(*), sum(version), max(xmin::text::bigint)) FROM backstory_model),
    (SELECT concat_ws(' ', xmin, ctid) FROM backstory_source))

-- How many monthly partitions lie ahead of today, whether rows lie outside all of them, and how many dead letters nobody has settled.
SELECT
    (SELECT count(*) FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE i.inhparent = 'history.events'::regclass
        AND c.relname > 'events_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') AND c.relname <> 'events_default'),
    EXISTS (SELECT FROM history.events_default),
    (SELECT count(*) FROM history.dead_letters AS letters
        WHERE NOT EXISTS (SELECT FROM history.dead_letter_acts WHERE letter = letters.id))

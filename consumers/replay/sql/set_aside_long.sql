-- Build the indexes of one partition that holds values too long for them, as the live history does it: the rows whose
-- values may be too long come last, one by one, and those that no index takes are rejected. The partition is written
-- anew, because an index takes in what was only just deleted.
CREATE OR REPLACE FUNCTION history_replay.set_aside_long(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    long record;
BEGIN
    CREATE TEMPORARY TABLE aside (LIKE history_replay.events) ON COMMIT DROP;
    EXECUTE format('INSERT INTO pg_temp.aside SELECT * FROM history_replay.%I', name);
    EXECUTE format('TRUNCATE history_replay.%I', name);
    INSERT INTO history_replay.events SELECT * FROM pg_temp.aside AS event
    WHERE octet_length(event::text) - octet_length(value::text) <= 2000;
    PERFORM history_replay.build_indexes(name);
    FOR long IN SELECT ctid AS place, partition, "offset" FROM pg_temp.aside AS event
                WHERE octet_length(event::text) - octet_length(value::text) > 2000 LOOP
        BEGIN
            INSERT INTO history_replay.events SELECT * FROM pg_temp.aside AS event WHERE event.ctid = long.place;
        EXCEPTION WHEN program_limit_exceeded THEN
            INSERT INTO history_replay.rejected VALUES (long.partition, long."offset", SQLERRM) ON CONFLICT DO NOTHING;
        END;
    END LOOP;
    DROP TABLE pg_temp.aside;
END
$$

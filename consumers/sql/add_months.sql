-- Make the monthly partitions that are missing, from the month before today's for so many months ahead, and
-- return the names of those that rows in the default partition forbid.
CREATE OR REPLACE FUNCTION history.add_months(today date, months_ahead integer) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz;
    name text;
    forbidden text[] := '{}';
BEGIN
    FOR month IN
        SELECT generate_series(date_trunc('month', today::timestamptz) - interval '1 month',
                               date_trunc('month', today::timestamptz) + months_ahead * interval '1 month',
                               interval '1 month')
    LOOP
        name := 'events_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('history.' || name) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE history.%I PARTITION OF history.events FOR VALUES FROM (%L) TO (%L)',
                           name, history.first_id(month), history.first_id(month + interval '1 month'));
        EXCEPTION WHEN check_violation THEN
            forbidden := forbidden || name;
        END;
    END LOOP;
    RETURN forbidden;
END
$$;

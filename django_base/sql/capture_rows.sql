-- Records the rows a statement inserted ({side} is new) or deleted ({side} is old): one outbox row, or a few.
-- One query makes the images of little, in the order of the rows; no name here depends on a search path. What is more than
-- 500 rows or 256 kB, or left out in part (a second trigger argument), or holds the null of JSON (looked for where the
-- third argument is json), goes through a cursor and backstory_write_rows.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    backstory_zone pg_catalog.text := pg_catalog.current_setting('TimeZone');
    backstory_images pg_catalog.json;
    backstory_count bigint;
    backstory_widest integer;
    backstory_old_cursor pg_catalog.refcursor;
    backstory_new_cursor pg_catalog.refcursor;
BEGIN
    IF TG_NARGS OPERATOR(pg_catalog.=) 1 OR TG_NARGS OPERATOR(pg_catalog.=) 3 AND TG_ARGV[1] OPERATOR(pg_catalog.=) '{}' THEN
        BEGIN
            IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                PERFORM pg_catalog.set_config('TimeZone', 'UTC', true);
            END IF;
            SELECT backstory_seen.images, backstory_seen.count, backstory_seen.widest
            INTO backstory_images, backstory_count, backstory_widest
            FROM (SELECT pg_catalog.count(*) AS count, pg_catalog.max(pg_catalog.pg_column_size(backstory_rows.image)) AS widest,
                    pg_catalog.json_agg(CASE WHEN pg_catalog.pg_column_size(backstory_rows.image) OPERATOR(pg_catalog.<) 100000
                        THEN backstory_rows.image END) AS images
                  FROM (SELECT backstory_row.*::record AS image FROM backstory_{side} backstory_row LIMIT 501) backstory_rows) backstory_seen;
            IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                PERFORM pg_catalog.set_config('TimeZone', backstory_zone, true);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            NULL;  -- what this query cannot bear, the cursor's bears
        END;
        IF backstory_count OPERATOR(pg_catalog.=) 0 THEN
            RETURN NULL;
        END IF;
        -- A row's JSON says null for the null of JSON as well as for that of SQL; its text does not.
        IF TG_NARGS OPERATOR(pg_catalog.=) 3 AND backstory_count OPERATOR(pg_catalog.<=) 500
            AND pg_catalog.pg_column_size(backstory_images) OPERATOR(pg_catalog.<) 262144
            AND backstory_images::pg_catalog.text OPERATOR(pg_catalog.~~) '%:null%'
        THEN
            IF EXISTS (SELECT FROM backstory_{side} backstory_row WHERE backstory_row.*::pg_catalog.text OPERATOR(pg_catalog.~) '[(,]null[,)]') THEN
                backstory_widest := NULL;
            END IF;
        END IF;
        IF backstory_count OPERATOR(pg_catalog.<=) 500 AND backstory_widest OPERATOR(pg_catalog.<) 100000
            AND pg_catalog.pg_column_size(backstory_images) OPERATOR(pg_catalog.<) 262144
        THEN
            INSERT INTO {schema}.backstory_outbox (kind, name, {side}, {side}_count)
            VALUES ('{operation}', TG_ARGV[0], backstory_images, backstory_count);
            RETURN NULL;
        END IF;
        IF backstory_widest OPERATOR(pg_catalog.<) 2000 THEN
            BEGIN
                SELECT (SELECT pg_catalog.max(pg_catalog.pg_column_size(backstory_row.*)) FROM backstory_{side} backstory_row) INTO backstory_widest;
            EXCEPTION WHEN OTHERS THEN
                backstory_widest := NULL;
            END;
        END IF;
    END IF;
    OPEN backstory_{side}_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(
        TG_RELID, TG_ARGV[0], 'backstory_{side}', TG_ARGV[1], NULL, backstory_widest);
    PERFORM {schema}.backstory_write_rows('{operation}', TG_ARGV[0], backstory_old_cursor, backstory_new_cursor, NULL);
    RETURN NULL;
END $function$

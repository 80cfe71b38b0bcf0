-- Records the rows a statement inserted ({side} is new) or deleted ({side} is old): one outbox row, or a few.
-- One query makes the images of little, in the order of the rows; no name here depends on a search path. What is more than
-- 500 rows or 256 kB, or left out in part (a second trigger argument), or holds the null of JSON (looked for where the
-- third argument is json), goes through a cursor and backstory_write_rows. Its size matters: see capture_update.sql.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    backstory_zone pg_catalog.text;
    backstory_old_images pg_catalog.json[];
    backstory_new_images backstory_old_images%TYPE;
    backstory_widest bigint;
    backstory_old_cursor pg_catalog.refcursor;
    backstory_new_cursor backstory_old_cursor%TYPE;
BEGIN
    <<backstory_few>>
    BEGIN
        IF pg_catalog.current_setting('TimeZone') OPERATOR(pg_catalog.<>) 'UTC' OR TG_ARGV[1] OPERATOR(pg_catalog.<>) '{}' THEN
            EXIT backstory_few WHEN TG_ARGV[1] OPERATOR(pg_catalog.<>) '{}';
            backstory_zone := pg_catalog.current_setting('TimeZone');
            PERFORM pg_catalog.set_config('TimeZone', 'UTC', true);
        END IF;
        BEGIN
            backstory_{side}_images := ARRAY(SELECT CASE WHEN pg_catalog.pg_column_size(backstory_row.*) OPERATOR(pg_catalog.<) 100000
                THEN pg_catalog.row_to_json(backstory_row.*) END FROM backstory_{side} backstory_row LIMIT 501);
        EXCEPTION WHEN OTHERS THEN
            NULL;  -- what this query cannot bear, the cursor's bears
        END;
        IF {schema}.backstory_write_few('{operation}', TG_ARGV[0], backstory_zone,
            TG_NARGS OPERATOR(pg_catalog.=) 3, backstory_old_images, backstory_new_images)
        THEN
            RETURN NEW;
        END IF;
        -- A row's JSON says null for the null of JSON as well as for that of SQL; its text does not.
        IF TG_NARGS OPERATOR(pg_catalog.=) 3
            AND {schema}.backstory_write_few('{operation}', TG_ARGV[0], NULL, true, backstory_old_images, backstory_new_images) IS NULL
            AND NOT EXISTS (SELECT FROM backstory_{side} backstory_row
                WHERE backstory_row.*::pg_catalog.text OPERATOR(pg_catalog.~) '[(,]null[,)]')
            AND {schema}.backstory_write_few('{operation}', TG_ARGV[0], NULL, false, backstory_old_images, backstory_new_images)
        THEN
            RETURN NEW;
        END IF;
    END;
    EXECUTE {schema}.backstory_measure_query(TG_RELID, TG_ARGV[0], 'backstory_{side}', NULL, backstory_{side}_images IS NOT NULL)
        INTO backstory_widest;
    OPEN backstory_{side}_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(
        TG_RELID, TG_ARGV[0], 'backstory_{side}', TG_ARGV[1], NULL, backstory_widest);
    PERFORM {schema}.backstory_write_rows('{operation}', TG_ARGV[0], backstory_old_cursor, backstory_new_cursor, NULL);
    RETURN NEW;
END $function$

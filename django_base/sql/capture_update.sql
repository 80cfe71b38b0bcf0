-- Records the rows a statement updated, before and after in the same order: one outbox row, or a few.
-- One query makes the images of little, in the order of the rows; no name here depends on a search path. What is more than
-- 500 rows or 256 kB, or left out in part (a second trigger argument), or holds the null of JSON (looked for where the
-- third argument is json), goes through cursors and backstory_write_rows.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    backstory_zone pg_catalog.text := pg_catalog.current_setting('TimeZone');
    backstory_befores pg_catalog.json;
    backstory_afters pg_catalog.json;
    backstory_old_count bigint;
    backstory_new_count bigint;
    backstory_widest integer;
    backstory_old_cursor pg_catalog.refcursor;
    backstory_new_cursor pg_catalog.refcursor;
    backstory_paired bigint;
BEGIN
    IF TG_NARGS OPERATOR(pg_catalog.=) 1 OR TG_NARGS OPERATOR(pg_catalog.=) 3 AND TG_ARGV[1] OPERATOR(pg_catalog.=) '{}' THEN
        BEGIN
            IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                PERFORM pg_catalog.set_config('TimeZone', 'UTC', true);
            END IF;
            SELECT backstory_o.images, backstory_n.images, backstory_o.count, backstory_n.count,
                GREATEST(backstory_o.widest, backstory_n.widest)
            INTO backstory_befores, backstory_afters, backstory_old_count, backstory_new_count, backstory_widest
            FROM (SELECT pg_catalog.count(*) AS count, pg_catalog.max(pg_catalog.pg_column_size(backstory_rows.image)) AS widest,
                    pg_catalog.json_agg(CASE WHEN pg_catalog.pg_column_size(backstory_rows.image) OPERATOR(pg_catalog.<) 100000
                        THEN backstory_rows.image END) AS images
                  FROM (SELECT backstory_row.*::record AS image FROM backstory_old backstory_row LIMIT 501) backstory_rows) backstory_o,
                 (SELECT pg_catalog.count(*) AS count, pg_catalog.max(pg_catalog.pg_column_size(backstory_rows.image)) AS widest,
                    pg_catalog.json_agg(CASE WHEN pg_catalog.pg_column_size(backstory_rows.image) OPERATOR(pg_catalog.<) 100000
                        THEN backstory_rows.image END) AS images
                  FROM (SELECT backstory_row.*::record AS image FROM backstory_new backstory_row LIMIT 501) backstory_rows) backstory_n;
            IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                PERFORM pg_catalog.set_config('TimeZone', backstory_zone, true);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            NULL;  -- what this query cannot bear, the cursors' bear
        END;
        IF backstory_old_count OPERATOR(pg_catalog.=) 0 AND backstory_new_count OPERATOR(pg_catalog.=) 0 THEN
            RETURN NULL;
        END IF;
        -- A row's JSON says null for the null of JSON as well as for that of SQL; its text does not.
        IF TG_NARGS OPERATOR(pg_catalog.=) 3 AND GREATEST(backstory_old_count, backstory_new_count) OPERATOR(pg_catalog.<=) 500
            AND GREATEST(pg_catalog.pg_column_size(backstory_befores), pg_catalog.pg_column_size(backstory_afters))
                OPERATOR(pg_catalog.<) 262144
            AND (backstory_befores::pg_catalog.text OPERATOR(pg_catalog.~~) '%:null%'
                OR backstory_afters::pg_catalog.text OPERATOR(pg_catalog.~~) '%:null%')
        THEN
            IF EXISTS (SELECT FROM backstory_old backstory_row WHERE backstory_row.*::pg_catalog.text OPERATOR(pg_catalog.~) '[(,]null[,)]')
                OR EXISTS (SELECT FROM backstory_new backstory_row WHERE backstory_row.*::pg_catalog.text OPERATOR(pg_catalog.~) '[(,]null[,)]')
            THEN
                backstory_widest := NULL;
            END IF;
        END IF;
        IF GREATEST(backstory_old_count, backstory_new_count) OPERATOR(pg_catalog.<=) 500
            AND backstory_widest OPERATOR(pg_catalog.<) 100000
            AND GREATEST(pg_catalog.pg_column_size(backstory_befores), pg_catalog.pg_column_size(backstory_afters))
                OPERATOR(pg_catalog.<) 262144
        THEN
            INSERT INTO {schema}.backstory_outbox (kind, name, old, new, old_count, new_count)
            VALUES ('update', TG_ARGV[0], backstory_befores, backstory_afters, backstory_old_count, backstory_new_count);
            RETURN NULL;
        END IF;
        IF backstory_widest OPERATOR(pg_catalog.<) 2000 THEN
            BEGIN
                SELECT GREATEST(
                    (SELECT pg_catalog.max(pg_catalog.pg_column_size(backstory_row.*)) FROM backstory_old backstory_row),
                    (SELECT pg_catalog.max(pg_catalog.pg_column_size(backstory_row.*)) FROM backstory_new backstory_row)) INTO backstory_widest;
            EXCEPTION WHEN OTHERS THEN
                backstory_widest := NULL;
            END;
        END IF;
    END IF;
    -- A trigger of the application can swallow a row that moves between partitions: then rows are paired by key.
    IF (SELECT pg_catalog.count(*) FROM backstory_old) OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*) FROM backstory_new) THEN
        EXECUTE {schema}.backstory_paired_query(TG_RELID, TG_ARGV[0]) INTO backstory_paired;
    END IF;
    OPEN backstory_old_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(TG_RELID, TG_ARGV[0], 'backstory_old',
        TG_ARGV[1], CASE WHEN backstory_paired IS NOT NULL THEN 'backstory_new' END, backstory_widest);
    OPEN backstory_new_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(TG_RELID, TG_ARGV[0], 'backstory_new',
        TG_ARGV[1], CASE WHEN backstory_paired IS NOT NULL THEN 'backstory_old' END, backstory_widest);
    PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], backstory_old_cursor, backstory_new_cursor, backstory_paired);
    IF backstory_paired IS NOT NULL THEN
        PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], backstory_old_cursor, NULL, NULL);
        PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], NULL, backstory_new_cursor, NULL);
    END IF;
    RETURN NULL;
END $function$

-- Records the rows a statement updated, before and after in the same order: one outbox row, or a few for a large statement.
-- One scan feeds one aggregate, which keeps the order of the rows; no name here depends on a search path. What is
-- large, or left out in part (a second trigger argument), goes through a cursor and backstory_write_rows.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    backstory_zone pg_catalog.text := pg_catalog.current_setting('TimeZone');
    backstory_befores pg_catalog.json;
    backstory_afters pg_catalog.json;
    backstory_old_count integer;
    backstory_new_count integer;
    backstory_size integer;
    backstory_old_cursor pg_catalog.refcursor;
    backstory_new_cursor pg_catalog.refcursor;
    backstory_paired bigint;
BEGIN
    IF TG_NARGS OPERATOR(pg_catalog.=) 1 THEN
        BEGIN
            IF (SELECT pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
                    AND COALESCE(pg_catalog.max(pg_catalog.pg_column_size(backstory_row.*)), 0) OPERATOR(pg_catalog.<) 100000
                FROM backstory_new backstory_row)
            THEN
                IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                    PERFORM pg_catalog.set_config('TimeZone', 'UTC', true);
                END IF;
                SELECT backstory_o.images, backstory_n.images, backstory_o.count, backstory_n.count
                INTO backstory_befores, backstory_afters, backstory_old_count, backstory_new_count
                FROM (SELECT pg_catalog.json_agg(backstory_row.*) AS images, pg_catalog.count(*) AS count
                      FROM backstory_old backstory_row) backstory_o,
                     (SELECT pg_catalog.json_agg(backstory_row.*) AS images, pg_catalog.count(*) AS count
                      FROM backstory_new backstory_row) backstory_n;
                backstory_size := GREATEST(pg_catalog.pg_column_size(backstory_befores), pg_catalog.pg_column_size(backstory_afters));
                IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                    PERFORM pg_catalog.set_config('TimeZone', backstory_zone, true);
                END IF;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            backstory_size := NULL;
        END;
        IF backstory_old_count OPERATOR(pg_catalog.=) 0 AND backstory_new_count OPERATOR(pg_catalog.=) 0 THEN
            RETURN NULL;
        END IF;
        IF backstory_size OPERATOR(pg_catalog.<) 262144 THEN
            INSERT INTO {schema}.backstory_outbox (kind, name, old, new, old_count, new_count)
            VALUES ('update', TG_ARGV[0], backstory_befores, backstory_afters, backstory_old_count, backstory_new_count);
            RETURN NULL;
        END IF;
    END IF;
    -- A trigger of the application can swallow a row that moves between partitions: then rows are paired by key.
    IF (SELECT pg_catalog.count(*) FROM backstory_old) OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*) FROM backstory_new) THEN
        EXECUTE {schema}.backstory_paired_query(TG_RELID, TG_ARGV[0]) INTO backstory_paired;
    END IF;
    OPEN backstory_old_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(
        TG_RELID, TG_ARGV[0], 'backstory_old', TG_ARGV[1], CASE WHEN backstory_paired IS NOT NULL THEN 'backstory_new' END);
    OPEN backstory_new_cursor NO SCROLL FOR EXECUTE {schema}.backstory_rows_query(
        TG_RELID, TG_ARGV[0], 'backstory_new', TG_ARGV[1], CASE WHEN backstory_paired IS NOT NULL THEN 'backstory_old' END);
    PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], backstory_old_cursor, backstory_new_cursor, backstory_paired);
    IF backstory_paired IS NOT NULL THEN
        PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], backstory_old_cursor, NULL, NULL);
        PERFORM {schema}.backstory_write_rows('update', TG_ARGV[0], NULL, backstory_new_cursor, NULL);
    END IF;
    RETURN NULL;
END $function$

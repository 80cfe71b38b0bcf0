-- Records the rows a statement inserted: one outbox row, or a few for a large statement.
-- One scan feeds one aggregate, which keeps the order of the rows; no name here depends on a search path. What is
-- large, or left out in part (a second trigger argument), goes through a cursor and backstory_write_rows.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    backstory_zone pg_catalog.text := pg_catalog.current_setting('TimeZone');
    backstory_images pg_catalog.json;
    backstory_count integer;
    backstory_size integer;
    backstory_cursor pg_catalog.refcursor;
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
                SELECT pg_catalog.json_agg(backstory_row.*), pg_catalog.count(*)
                INTO backstory_images, backstory_count FROM backstory_new backstory_row;
                backstory_size := pg_catalog.pg_column_size(backstory_images);
                IF backstory_zone OPERATOR(pg_catalog.<>) 'UTC' THEN
                    PERFORM pg_catalog.set_config('TimeZone', backstory_zone, true);
                END IF;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            backstory_size := NULL;
        END;
        IF backstory_count OPERATOR(pg_catalog.=) 0 THEN
            RETURN NULL;
        END IF;
        IF backstory_size OPERATOR(pg_catalog.<) 262144 THEN
            INSERT INTO {schema}.backstory_outbox (kind, name, new, new_count)
            VALUES ('insert', TG_ARGV[0], backstory_images, backstory_count);
            RETURN NULL;
        END IF;
    END IF;
    OPEN backstory_cursor NO SCROLL FOR EXECUTE
        {schema}.backstory_rows_query(TG_RELID, TG_ARGV[0], 'backstory_new', TG_ARGV[1], NULL);
    PERFORM {schema}.backstory_write_rows('insert', TG_ARGV[0], NULL, backstory_cursor, NULL);
    RETURN NULL;
END $function$

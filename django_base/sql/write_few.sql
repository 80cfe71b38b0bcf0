-- Writes the row images of a statement as one outbox row, where they are few and small, and puts the time zone back to `zone`.
-- True: all is told (for no row, by nothing). Null: it would be told, but, being `in_doubt`, a null in it may be that of
-- JSON. False: there is too much of it, or no image of a row. A function of its own, so that a session plans it once and not
-- for each table; without SET, which would cost more than all it does, so that no name here depends on a search path.
CREATE OR REPLACE FUNCTION {schema}.backstory_write_few(
    operation pg_catalog.text, label pg_catalog.text, zone pg_catalog.text, in_doubt boolean,
    old_images pg_catalog.json[], new_images pg_catalog.json[]
) RETURNS boolean
LANGUAGE plpgsql AS $function$
DECLARE
    old_rows integer := COALESCE(pg_catalog.cardinality(old_images), 0);
    new_rows integer := COALESCE(pg_catalog.cardinality(new_images), 0);
BEGIN
    IF zone IS NOT NULL THEN
        PERFORM pg_catalog.set_config('TimeZone', zone, true);
    END IF;
    IF GREATEST(old_rows, new_rows) OPERATOR(pg_catalog.>) 500
        OR GREATEST(pg_catalog.pg_column_size(old_images), pg_catalog.pg_column_size(new_images)) OPERATOR(pg_catalog.>=) 262144
        OR GREATEST(pg_catalog.num_nulls(VARIADIC old_images), pg_catalog.num_nulls(VARIADIC new_images))
            OPERATOR(pg_catalog.<>) 0
        OR COALESCE(old_images, new_images) IS NULL
    THEN
        RETURN false;
    ELSIF in_doubt AND (pg_catalog.array_to_string(old_images, '') OPERATOR(pg_catalog.~~) '%:null%'
        OR pg_catalog.array_to_string(new_images, '') OPERATOR(pg_catalog.~~) '%:null%')
    THEN
        RETURN NULL;
    ELSIF old_rows OPERATOR(pg_catalog.>) 0 OR new_rows OPERATOR(pg_catalog.>) 0 THEN
        INSERT INTO {schema}.backstory_outbox (kind, name, old, new, old_count, new_count)
        VALUES (operation, label,
            CASE WHEN old_rows OPERATOR(pg_catalog.>) 0 THEN pg_catalog.array_to_json(old_images) END,
            CASE WHEN new_rows OPERATOR(pg_catalog.>) 0 THEN pg_catalog.array_to_json(new_images) END,
            old_rows, new_rows);
    END IF;
    RETURN true;
END $function$

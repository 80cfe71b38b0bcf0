-- Writes the row images two cursors give, in step, as outbox rows of at most 500 rows and about 1 MB.
-- Further rows of a statement have its depth below zero.
-- Stops after `paired` rows where that is given; the cursors stand after what was read. Memory holds one chunk.
CREATE OR REPLACE FUNCTION {schema}.backstory_write_rows(
    operation text, label text, old_rows refcursor, new_rows refcursor, paired bigint
) RETURNS void
LANGUAGE plpgsql{settings} AS $function$
DECLARE
    before json;
    after json;
    befores json[] := '{}';
    afters json[] := '{}';
    old_count integer := 0;
    new_count integer := 0;
    size integer := 0;
    total bigint := 0;
    depth smallint := pg_catalog.pg_trigger_depth();
    more_old boolean := old_rows IS NOT NULL;
    more_new boolean := new_rows IS NOT NULL;
BEGIN
    LOOP
        IF more_old AND (paired IS NULL OR total OPERATOR(pg_catalog.<) paired) THEN
            FETCH old_rows INTO before;
            more_old := FOUND;
            IF FOUND THEN
                befores := pg_catalog.array_append(befores, before);
                old_count := old_count OPERATOR(pg_catalog.+) 1;
                size := size OPERATOR(pg_catalog.+) pg_catalog.pg_column_size(before);
            END IF;
        END IF;
        IF more_new AND (paired IS NULL OR total OPERATOR(pg_catalog.<) paired) THEN
            FETCH new_rows INTO after;
            more_new := FOUND;
            IF FOUND THEN
                afters := pg_catalog.array_append(afters, after);
                new_count := new_count OPERATOR(pg_catalog.+) 1;
                size := size OPERATOR(pg_catalog.+) pg_catalog.pg_column_size(after);
            END IF;
        END IF;
        total := total OPERATOR(pg_catalog.+) 1;
        IF size OPERATOR(pg_catalog.>) 1000000
            OR GREATEST(old_count, new_count) OPERATOR(pg_catalog.=) 500
            OR NOT (more_old OR more_new) OR total OPERATOR(pg_catalog.>) paired
        THEN
            IF GREATEST(old_count, new_count) OPERATOR(pg_catalog.>) 0 THEN
                INSERT INTO {schema}.backstory_outbox (kind, name, depth, old, new, old_count, new_count)
                VALUES (operation, label, depth,
                    CASE WHEN old_rows IS NOT NULL THEN pg_catalog.array_to_json(befores) END,
                    CASE WHEN new_rows IS NOT NULL THEN pg_catalog.array_to_json(afters) END,
                    old_count, new_count);
                depth := OPERATOR(pg_catalog.-) pg_catalog.abs(depth);
            END IF;
            EXIT WHEN NOT (more_old OR more_new) OR total OPERATOR(pg_catalog.>) paired;
            befores := '{}';
            afters := '{}';
            old_count := 0;
            new_count := 0;
            size := 0;
        END IF;
    END LOOP;
END $function$

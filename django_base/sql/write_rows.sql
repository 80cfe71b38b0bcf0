-- Writes the row images two cursors give, in step, as outbox rows of at most 500 rows and about 1 MB.
-- Further rows of a statement have its depth below zero.
-- Where `paired` is given, so many rows belong together, and those after them stand alone. Memory holds one chunk: what the
-- steps before it keep of 500 rows goes to disk beyond work_mem.
CREATE OR REPLACE FUNCTION {schema}.backstory_write_rows(
    operation text, label text, old_rows refcursor, new_rows refcursor, paired bigint
) RETURNS void
LANGUAGE plpgsql{settings} AS $function$
DECLARE
    unread bigint := paired;
    depth smallint := pg_trigger_depth();
BEGIN
    LOOP
        INSERT INTO {schema}.backstory_outbox (kind, name, depth, old, new, old_count, new_count)
        SELECT operation, label, CASE WHEN sized.chunk = 0 THEN depth ELSE -abs(depth) END,
            json_agg(sized.before ORDER BY sized.place) FILTER (WHERE sized.before IS NOT NULL),
            json_agg(sized.after ORDER BY sized.place) FILTER (WHERE sized.after IS NOT NULL),
            count(sized.before), count(sized.after)
        FROM (
            SELECT images.before, images.after, images.place,
                coalesce(sum(coalesce(pg_column_size(images.before), 0) + coalesce(pg_column_size(images.after), 0))
                    OVER (ORDER BY images.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) / 1000000 AS chunk
            FROM ROWS FROM (
                {schema}.backstory_fetch(old_rows, least(500, unread)), {schema}.backstory_fetch(new_rows, least(500, unread))
            ) WITH ORDINALITY AS images (before, after, place)
        ) sized
        GROUP BY sized.chunk
        ORDER BY sized.chunk;
        EXIT WHEN NOT FOUND;
        depth := -abs(depth);
        unread := unread - 500;
        EXIT WHEN unread <= 0;
    END LOOP;
    IF paired IS NOT NULL THEN
        PERFORM {schema}.backstory_write_rows(operation, label, old_rows, NULL, NULL);
        PERFORM {schema}.backstory_write_rows(operation, label, NULL, new_rows, NULL);
    END IF;
END $function$

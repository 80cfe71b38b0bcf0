-- The next `count` rows of a cursor over one column of JSON; none where there is no cursor.
CREATE OR REPLACE FUNCTION {schema}.backstory_fetch(rows refcursor, count bigint) RETURNS SETOF json
LANGUAGE plpgsql ROWS 500{settings} AS $function$
BEGIN
    IF rows IS NOT NULL THEN
        RETURN QUERY EXECUTE format('FETCH %s FROM %I', count, rows);
    END IF;
END $function$

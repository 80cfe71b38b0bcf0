-- Of events that the topic holds more than once keep the first, as the live history did; before there are indexes.
CREATE OR REPLACE FUNCTION history_replay.remove_repeated(name text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    EXECUTE format('DELETE FROM history_replay.%1$I WHERE ctid IN (SELECT ctid FROM ('
        'SELECT ctid, row_number() OVER (PARTITION BY id ORDER BY partition, "offset") AS copy '
        'FROM history_replay.%1$I) AS numbered WHERE copy > 1)', name);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$

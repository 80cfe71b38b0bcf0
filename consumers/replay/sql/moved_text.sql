-- A definition of something on a table of the live history, as the server prints it, for the same table beside it.
CREATE OR REPLACE FUNCTION history_replay.moved(definition text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(definition, ' ON (ONLY )?history\.', ' ON history_replay.')
$$

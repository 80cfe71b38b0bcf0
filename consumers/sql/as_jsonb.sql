-- A JSON value as jsonb; one that jsonb cannot hold (a number such as 1e200000) as a string that is its text, so that a
-- single row does not break a question about all of them.
CREATE OR REPLACE FUNCTION history.as_jsonb(value json) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN value::pg_catalog.jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN pg_catalog.to_jsonb(value::pg_catalog.text);
END
$$;

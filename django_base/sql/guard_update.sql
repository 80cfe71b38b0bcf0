-- Refuses to void a row, or to take that back, unless the comment in front of the statement has the mark of a deletion.
-- Arguments: the model's label, the columns of its key. It fires for each row whose flag changed; the statement is looked at
-- for the first one only (a statement names thousands of keys): the time when it began stands for it until the transaction ends.
-- What applies the changes of another database has no statement, and passes.
CREATE OR REPLACE FUNCTION {schema}.backstory_guard_update() RETURNS trigger
LANGUAGE plpgsql AS $function$
DECLARE
    began pg_catalog.text := pg_catalog.date_part('epoch', pg_catalog.statement_timestamp());
BEGIN
    IF pg_catalog.current_setting('backstory.marked_statement', true) OPERATOR(pg_catalog.=) began THEN
        RETURN NULL;
    ELSIF (pg_catalog.left(pg_catalog.current_query(), 65536)
        OPERATOR(pg_catalog.~) '^/\*((?!\*/).)*(?<![a-z_])deletion\s{0,4}=\s{0,4}''[0-9a-fA-F-]{36}''') IS NOT FALSE
    THEN
        PERFORM pg_catalog.set_config('backstory.marked_statement', began, true);
        RETURN NULL;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = '23R03',
        MESSAGE = pg_catalog.format('whether a row of %s is void changes in a deletion only (%s, key %s)', TG_ARGV[0], TG_TABLE_NAME, (
            SELECT pg_catalog.string_agg(pg_catalog.to_jsonb(OLD) OPERATOR(pg_catalog.->>) name, ',')
            FROM pg_catalog.unnest(TG_ARGV[1]::pg_catalog.text[]) AS name)),
        HINT = 'Use delete() and restore() of the model; in SQL put /*deletion=''UUID''*/ in front of the statement.',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0];
END $function$

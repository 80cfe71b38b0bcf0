-- Refuses a physical DELETE of rows that are to be voided, unless the comment in front of the statement has a hard deletion.
-- Arguments: the model's label, the columns of its key. It fires once a statement, after it: a database cascade over no row
-- passes, and so does a row that moves between partitions.
CREATE OR REPLACE FUNCTION {schema}.backstory_guard_delete() RETURNS trigger
LANGUAGE plpgsql AS $function$
DECLARE
    key pg_catalog.text;
BEGIN
    IF NOT EXISTS (SELECT FROM backstory_old) OR pg_catalog.left(pg_catalog.current_query(), 65536)
        OPERATOR(pg_catalog.~) '^/\*((?!\*/).)*(?<![a-z_])hard_deletion\s{0,4}=\s{0,4}''[0-9a-fA-F-]{36}'''
    THEN
        RETURN NULL;
    END IF;
    EXECUTE (
        SELECT pg_catalog.format('SELECT pg_catalog.concat_ws('','', %s) FROM backstory_old LIMIT 1',
            pg_catalog.string_agg(pg_catalog.quote_ident(name), ', '))
        FROM pg_catalog.unnest(TG_ARGV[1]::pg_catalog.text[]) AS name
    ) INTO key;
    RAISE EXCEPTION USING
        ERRCODE = '23R02',
        MESSAGE = pg_catalog.format('rows of %s are not physically deleted (%s, key %s)', TG_ARGV[0], TG_TABLE_NAME, key),
        HINT = 'Void them with delete() of the model; remove them for good with hard_delete(), inside hard_deletion(), or in SQL '
            'with /*hard_deletion=''UUID''*/ in front of the statement.',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0];
END $function$

-- The query that counts the rows of an UPDATE's transition tables whose key is in both; 0 for a table without a key.
CREATE OR REPLACE FUNCTION {schema}.backstory_paired_query(relation oid)
RETURNS text LANGUAGE sql STABLE{settings} AS $function$
    SELECT COALESCE((
        SELECT pg_catalog.format(
            'SELECT pg_catalog.count(*) FROM backstory_old backstory_row '
            'WHERE EXISTS (SELECT FROM backstory_new backstory_other WHERE %s)',
            pg_catalog.string_agg(
                pg_catalog.format(
                    'backstory_other.%1$I::pg_catalog.text OPERATOR(pg_catalog.=) backstory_row.%1$I::pg_catalog.text', k.attname), ' AND '))
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_attribute k ON k.attrelid = relation AND k.attnum = ANY (i.indkey)
        WHERE i.indrelid = relation AND i.indisprimary
        HAVING pg_catalog.count(*) > 0
    ), 'SELECT 0::bigint')
$function$

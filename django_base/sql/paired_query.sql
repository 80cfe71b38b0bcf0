-- The query that counts the rows of an UPDATE's transition tables whose key (the model's) is in both.
CREATE OR REPLACE FUNCTION {schema}.backstory_paired_query(relation oid, model text)
RETURNS text LANGUAGE sql STABLE{settings} AS $function$
    SELECT COALESCE((
        SELECT pg_catalog.format(
            'SELECT pg_catalog.count(*) FROM backstory_old backstory_row '
            'WHERE EXISTS (SELECT FROM backstory_new backstory_other WHERE %s)',
            pg_catalog.string_agg(
                pg_catalog.format(
                    'backstory_other.%1$I::pg_catalog.text OPERATOR(pg_catalog.=) backstory_row.%1$I::pg_catalog.text', k.attname), ' AND '))
        FROM {schema}.backstory_model m
        JOIN pg_catalog.pg_attribute k ON k.attrelid = relation AND k.attname = ANY (m.key)
        WHERE m.label = model
        HAVING pg_catalog.count(*) > 0
    ), 'SELECT 0::bigint')
$function$

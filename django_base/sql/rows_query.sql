-- The query that turns the transition table `rows` of the table `relation` into one JSON object a row, in its order.
-- Columns that can be large are measured without reading them, unless the widest row is known to have under 2 kB;
-- columns in `excluded` (an array in text form) are left out. With `other`, rows whose key (the model's) is in that
-- transition table as well come first, in the order of the key.
CREATE OR REPLACE FUNCTION {schema}.backstory_rows_query(
    relation oid, model text, rows text, excluded text, other text, widest bigint
)
RETURNS text LANGUAGE sql STABLE{settings} AS $function$
    SELECT pg_catalog.format(
        'SELECT pg_catalog.row_to_json(backstory_image.*) FROM (SELECT %s FROM %I backstory_row%s) backstory_image',
        pg_catalog.string_agg(
            CASE
                WHEN t.typnamespace <> 'pg_catalog'::regnamespace AND t.typtype <> 'e' THEN pg_catalog.format(
                    '{schema_in_text}.backstory_large_value(backstory_row.%1$I) AS %1$I', a.attname)
                WHEN widest < 2000 AND t.typname NOT IN ('json', 'jsonb') OR t.typlen <> -1 OR t.typcategory = 'N' THEN pg_catalog.format('backstory_row.%I', a.attname)
                ELSE pg_catalog.format(
                    'CASE WHEN (pg_catalog.%s) IS NOT FALSE THEN pg_catalog.to_json(backstory_row.%I) '
                    'ELSE {schema_in_text}.backstory_large_value(backstory_row.%2$I) END AS %2$I',
                    pg_catalog.format(
                        CASE WHEN t.typcategory = 'S' THEN 'octet_length(backstory_row.%I::pg_catalog.text) OPERATOR(pg_catalog.<) 40000'
                        WHEN t.typname IN ('json', 'jsonb') THEN 'pg_column_size(backstory_row.%1$I) OPERATOR(pg_catalog.<) 2000 '
                            'AND backstory_row.%1$I::pg_catalog.text OPERATOR(pg_catalog.<>) ''null'''
                        ELSE 'pg_column_size(backstory_row.%I) OPERATOR(pg_catalog.<) 2000' END, a.attname),
                    a.attname)
            END, ', ' ORDER BY a.attnum),
        rows,
        CASE WHEN other IS NOT NULL THEN (
            SELECT pg_catalog.format(' ORDER BY EXISTS (SELECT FROM %I backstory_other WHERE %s) DESC, %s', other,
                pg_catalog.string_agg(
                    pg_catalog.format(
                        'backstory_other.%1$I::pg_catalog.text OPERATOR(pg_catalog.=) backstory_row.%1$I::pg_catalog.text', k.attname), ' AND '),
                pg_catalog.string_agg(pg_catalog.format('backstory_row.%I', k.attname), ', '))
            FROM {schema}.backstory_model m
            JOIN pg_catalog.pg_attribute k ON k.attrelid = relation AND k.attname = ANY (m.key)
            WHERE m.label = model
            HAVING pg_catalog.count(*) > 0
        ) END)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname <> ALL (COALESCE(excluded, '{}')::text[])
$function$

-- The query that measures a statement's rows, in the transition tables `rows` and, of an UPDATE, `other`: how wide the
-- widest is, as stored and without reading it (not known where no image of a row could be made); and, where the two
-- tables have not as many rows, in how many the key (the model's) is in both.
CREATE OR REPLACE FUNCTION {schema}.backstory_measure_query(relation oid, model text, rows text, other text, imaged boolean)
RETURNS text LANGUAGE sql STABLE{settings} AS $function$
    WITH row_width (sum) AS (
        SELECT COALESCE(pg_catalog.string_agg(pg_catalog.format(
            'COALESCE(pg_catalog.pg_column_size(backstory_row.%I)::bigint, 0)', a.attname), ' OPERATOR(pg_catalog.+) '), '0')
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attlen = -1
    ), widest (answers) AS (
        SELECT pg_catalog.string_agg(pg_catalog.format(
            '(SELECT pg_catalog.max(%s) FROM %I backstory_row)', row_width.sum, tables.name), ', ')
        FROM row_width, pg_catalog.unnest(ARRAY[rows, other]) AS tables (name)
        WHERE imaged AND tables.name IS NOT NULL
    ), paired (condition) AS (
        SELECT pg_catalog.format('WHERE EXISTS (SELECT FROM %I backstory_other WHERE %s)', other, pg_catalog.string_agg(
            pg_catalog.format(
                'backstory_other.%1$I::pg_catalog.text OPERATOR(pg_catalog.=) backstory_row.%1$I::pg_catalog.text', k.attname), ' AND '))
        FROM {schema}.backstory_model m
        JOIN pg_catalog.pg_attribute k ON k.attrelid = relation AND k.attname = ANY (m.key)
        WHERE m.label = model
        HAVING pg_catalog.count(*) > 0
    )
    SELECT pg_catalog.format('SELECT GREATEST(%s)', COALESCE(widest.answers, 'NULL')) || CASE WHEN other IS NULL THEN ', NULL' ELSE
        pg_catalog.format(
            ', CASE WHEN (SELECT pg_catalog.count(*) FROM %1$I) OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*) FROM %2$I)'
            ' THEN (SELECT pg_catalog.count(*) FROM %1$I backstory_row %3$s) END',
            rows, other, COALESCE((SELECT paired.condition FROM paired), 'WHERE false')) END
    FROM widest
$function$

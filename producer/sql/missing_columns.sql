-- Which of the given columns (table.column) the tables of the schema at the head of the search path do not have, or have
-- with a default that does not hold the given text.
SELECT name FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS wanted (name, text_of_default, place)
WHERE NOT EXISTS (
    SELECT FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || split_part(name, '.', 1))
        AND attname = split_part(name, '.', 2) AND NOT attisdropped
        AND strpos(coalesce(pg_get_expr(adbin, adrelid), ''), text_of_default) > 0)
ORDER BY place

-- Which of the given columns (table.column) the tables of the schema at the head of the search path do not have.
SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place)
WHERE NOT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || split_part(name, '.', 1))
        AND attname = split_part(name, '.', 2) AND NOT attisdropped)
ORDER BY place

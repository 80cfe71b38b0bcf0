-- Which of the given relations the schema at the head of the search path does not have.
SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place)
WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(name)) IS NULL
ORDER BY place

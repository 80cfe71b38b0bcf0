-- All rows of a table as the capture writes them.
SELECT row_to_json(t)::text FROM {table} AS t

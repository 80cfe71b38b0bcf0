-- Whether a table has a row with these values.
SELECT EXISTS (SELECT FROM {table} WHERE {condition})

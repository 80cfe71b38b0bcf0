-- Remembers the references that a deletion set to another value.
INSERT INTO {schema}.backstory_severed (deletion_id, model, key, column_name, old_value, new_value)
SELECT %s, model, key::jsonb, column_name, old_value, new_value
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS severed (model, key, column_name, old_value, new_value)

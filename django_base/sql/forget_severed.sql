-- Forgets the references that were put together again, or were set to something else since.
DELETE FROM {schema}.backstory_severed
USING unnest(%s::text[], %s::text[], %s::text[]) AS done (model, column_name, key)
WHERE deletion_id = %s AND backstory_severed.model = done.model
    AND backstory_severed.column_name = done.column_name AND backstory_severed.key = done.key::jsonb

-- Gives what a deletion severed, and notes that it was taken back if all its roots were.
WITH finished AS (
    UPDATE {schema}.backstory_deletion SET restored_at = clock_timestamp()
    WHERE id = %(deletion)s AND (roots ->> 'count')::bigint <= %(roots)s
)
SELECT model, column_name, key, old_value, new_value FROM {schema}.backstory_severed WHERE deletion_id = %(deletion)s

-- The tracked tables, without the flag of void rows: events tell of it in their types.
SELECT label, table_name, key, columns::jsonb - coalesce(void_column, '') FROM backstory_model ORDER BY label

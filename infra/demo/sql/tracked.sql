-- The tracked tables.
SELECT label, table_name, key, columns FROM backstory_model ORDER BY label

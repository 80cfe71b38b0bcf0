-- The tracked models.
SELECT label, table_name, key, columns, entity_label, entity_column, void_column FROM backstory_model

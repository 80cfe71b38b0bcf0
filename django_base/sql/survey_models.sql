-- What the relay was told of the models.
SELECT label, table_name, kind, key, columns::text, entity_label, entity_column, triggers::text, retired
FROM {schema}.backstory_model

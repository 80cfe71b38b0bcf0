-- Tells the relay of a model; the version grows with each change.
INSERT INTO {schema}.backstory_model AS known
    (label, table_name, kind, key, columns, entity_label, entity_column, triggers, void_column, retired)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (label) DO UPDATE SET
    table_name = excluded.table_name, kind = excluded.kind, key = excluded.key, columns = excluded.columns,
    entity_label = excluded.entity_label, entity_column = excluded.entity_column,
    triggers = excluded.triggers, void_column = excluded.void_column, retired = excluded.retired, version = known.version + 1

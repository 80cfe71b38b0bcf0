-- What the relay was told of the models, and the time in UTC by the clock that outbox rows have theirs from.
SELECT label, table_name, kind, key, columns::text, entity_label, entity_column, triggers::text, void_column, retired,
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
FROM {schema}.backstory_model

-- One step of the way from a row to its entity.
{column} IN (SELECT {target} FROM {table} WHERE {condition})

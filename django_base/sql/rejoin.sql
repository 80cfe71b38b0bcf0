-- Sets references back to what they were before a deletion, those that nobody has set since.
UPDATE {table} SET {column} = severed.was::{type}
FROM unnest({arrays}) AS severed ({keys}, was, became)
WHERE {same_key} AND {table}.{column} IS NOT DISTINCT FROM severed.became::{type}

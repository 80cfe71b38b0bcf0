-- The histories that were replaced, the oldest first, with their size in bytes.
SELECT nspname, (SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
                 FROM pg_partition_tree(to_regclass(format('%I.events', nspname))))
FROM pg_namespace WHERE nspname LIKE 'history\_old\_%' ORDER BY nspname

-- What can make a table lose, hide or alter rows without an error: for each given table and its partitions.
WITH relation AS (
    SELECT tree.relid AS oid, tree.relid::regclass::text AS path
    FROM unnest(%(tables)s::text[]) AS name, pg_partition_tree(to_regclass(name)) AS tree
)
SELECT path, 'unlogged' FROM relation JOIN pg_class USING (oid) WHERE relpersistence = 'u'
UNION ALL
SELECT path, 'row security' FROM relation JOIN pg_class USING (oid) WHERE relrowsecurity
UNION ALL
SELECT path, 'rule' FROM relation WHERE EXISTS (SELECT FROM pg_rewrite WHERE ev_class = relation.oid)
UNION ALL
SELECT path, 'trigger' FROM relation WHERE EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = relation.oid AND NOT tgisinternal AND tgname <> ALL (%(triggers)s::text[]))

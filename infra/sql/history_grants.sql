-- Who but the owner may change or empty the history, and how.
SELECT tree.relid::regclass::text AS path,
    CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS role,
    string_agg(acl.privilege_type, ', ' ORDER BY acl.privilege_type)
FROM pg_partition_tree('history.events') AS tree
JOIN pg_class c ON c.oid = tree.relid, LATERAL aclexplode(c.relacl) AS acl
WHERE acl.grantee <> c.relowner AND acl.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
GROUP BY 1, 2 ORDER BY 1, 2

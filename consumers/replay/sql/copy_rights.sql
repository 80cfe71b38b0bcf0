-- Give the fresh table, and each of its partitions, the owner and exactly the rights of the live one's.
CREATE OR REPLACE FUNCTION history_replay.copy_rights() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    live record;
    given record;
BEGIN
    REVOKE ALL ON history_replay.events FROM backstory_replayer;
    FOR live IN
        SELECT c.oid, c.relname, c.relowner, c.relacl FROM pg_partition_tree('history.events') AS tree JOIN pg_class c ON c.oid = tree.relid
    LOOP
        EXECUTE format('ALTER TABLE history_replay.%I OWNER TO %I', live.relname, pg_get_userbyid(live.relowner));
        FOR given IN
            SELECT '' AS columns, acl.* FROM aclexplode(live.relacl) AS acl WHERE acl.grantee <> live.relowner
            UNION ALL
            SELECT format(' (%I)', attname), acl.* FROM pg_attribute, aclexplode(attacl) AS acl
            WHERE attrelid = live.oid AND acl.grantee <> live.relowner
        LOOP
            EXECUTE format('GRANT %s%s ON history_replay.%I TO %s%s', given.privilege_type, given.columns, live.relname,
                CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END,
                CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
    END LOOP;
END
$$

-- Whether each of the given roles may switch capture off: as superuser, or as (a member of the role that is) owner of a
-- tracked table or of a trigger function. Roles that do not exist are left out.
SELECT role.rolname::text, EXISTS (
    SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgname LIKE 'backstory\_%%' AND NOT t.tgisinternal
        AND (pg_has_role(role.oid, c.relowner, 'MEMBER') OR pg_has_role(role.oid, p.proowner, 'MEMBER')))
FROM pg_roles role WHERE role.rolname = ANY (%s)
ORDER BY role.rolname

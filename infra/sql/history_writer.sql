-- The writer's role: whether it is there, whether this session may use it, and what would make it more than a writer.
SELECT pg_has_role(session_user, r.oid, 'MEMBER'), r.rolsuper,
    pg_has_role(r.oid, (SELECT relowner FROM pg_class WHERE oid = 'history.events'::regclass), 'MEMBER')
FROM pg_roles r WHERE r.rolname = 'backstory_writer'

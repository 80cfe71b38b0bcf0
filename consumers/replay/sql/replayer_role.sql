-- The role under which a replay writes: it reaches nothing but the fresh table and its offsets. Roles belong to the
-- whole server, so another database's replay may make it in the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'backstory_replayer') THEN
        BEGIN
            CREATE ROLE backstory_replayer NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, 'backstory_replayer', 'MEMBER') THEN
        EXECUTE pg_catalog.format('GRANT backstory_replayer TO %I', current_user);
    END IF;
END
$$

-- The role under which consumers write: it may read and insert, and nothing else. Roles belong to the whole
-- server, so another database's migration may make it in the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'backstory_writer') THEN
        BEGIN
            CREATE ROLE backstory_writer NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, 'backstory_writer', 'MEMBER') THEN
        EXECUTE pg_catalog.format('GRANT backstory_writer TO %I', current_user);
    END IF;
END
$$;

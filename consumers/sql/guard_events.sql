-- Guard the root and each partition: the root's row triggers are cloned to partitions, TRUNCATE triggers are not,
-- and only ENABLE ALWAYS triggers fire under session_replication_role = replica.
CREATE OR REPLACE FUNCTION history.guard_events() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation regclass;
    guard record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgrelid = 'history.events'::regclass AND tgname = 'refuse_row_change') THEN
        CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON history.events
            FOR EACH ROW EXECUTE FUNCTION history.refuse_change();
    END IF;
    FOR relation IN SELECT relid FROM pg_partition_tree('history.events') LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgname = 'refuse_truncate') THEN
            EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s '
                           'FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change()', relation);
        END IF;
        FOR guard IN SELECT tgname FROM pg_trigger
                     WHERE tgrelid = relation AND tgname LIKE 'refuse\_%' AND tgenabled <> 'A' LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, guard.tgname);
        END LOOP;
    END LOOP;
END
$$;

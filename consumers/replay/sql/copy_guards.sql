-- Give the fresh table the triggers of the live one that it lacks, enabled as there.
CREATE OR REPLACE FUNCTION history_replay.copy_guards() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT c.relname, t.tgname, t.tgparentid, pg_get_triggerdef(t.oid) AS definition,
            CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS state
        FROM pg_partition_tree('history.events') AS tree
        JOIN pg_class c ON c.oid = tree.relid JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
        ORDER BY tree.level, c.relname, t.tgname
    LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = wanted.tgname
                       AND tgrelid = format('history_replay.%I', wanted.relname)::regclass) THEN
            EXECUTE history_replay.moved(wanted.definition);
        END IF;
        EXECUTE format('ALTER TABLE history_replay.%I %s TRIGGER %I', wanted.relname, wanted.state, wanted.tgname);
    END LOOP;
END
$$

-- Give one fresh table (a partition, or at last the root, which takes over those of its partitions) the indexes and
-- keys that the live one has and it lacks.
CREATE OR REPLACE FUNCTION history_replay.build_indexes(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT c.conname, pg_get_constraintdef(c.oid) AS key, pg_get_indexdef(x.indexrelid) AS definition
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u')
        WHERE x.indrelid = format('history.%I', name)::regclass
            AND to_regclass(format('history_replay.%I', i.relname)) IS NULL
        ORDER BY x.indisprimary DESC, i.relname
    LOOP
        IF wanted.conname IS NULL THEN
            EXECUTE history_replay.moved(wanted.definition);
        ELSE
            EXECUTE format('ALTER TABLE history_replay.%I ADD CONSTRAINT %I %s', name, wanted.conname, wanted.key);
        END IF;
    END LOOP;
END
$$

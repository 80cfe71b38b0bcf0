-- Put the fresh table where the live one is, and the live one into a schema of its own, whose name is returned. Views
-- that read the live one are locked before it, in the order in which their readers lock, and read the fresh one afterwards.
CREATE OR REPLACE FUNCTION history_replay.swap() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old_schema text := to_char(clock_timestamp() AT TIME ZONE 'UTC', '"history_old_"YYYYMMDD"_"HH24MISS"_"US');
    views text[];
    definitions text[];
    definition text;
    relation name;
BEGIN
    SELECT array_agg(name), array_agg(format('CREATE OR REPLACE VIEW %s%s AS %s', name, ' WITH (' || options || ')', text))
    INTO views, definitions FROM (
        SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS name, array_to_string(c.reloptions, ', ') AS options,
            pg_get_viewdef(c.oid) AS text
        FROM pg_partition_tree('history.events') AS live
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = live.relid AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v'
        JOIN pg_namespace n ON n.oid = c.relnamespace) AS reading;
    IF views IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', array_to_string(views, ', '));
    END IF;
    LOCK TABLE history.events IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE SCHEMA %I', old_schema);
    FOR relation IN SELECT c.relname FROM pg_partition_tree('history.events') AS live JOIN pg_class c ON c.oid = live.relid LOOP
        EXECUTE format('ALTER TABLE history.%I SET SCHEMA %I', relation, old_schema);
        EXECUTE format('ALTER TABLE history_replay.%I SET SCHEMA history', relation);
    END LOOP;
    FOREACH definition IN ARRAY coalesce(definitions, '{}') LOOP
        EXECUTE definition;
    END LOOP;
    RETURN old_schema;
END
$$

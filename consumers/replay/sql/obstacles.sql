-- What hangs on the live table itself, so that it would go on using the old one after a swap, and cannot be carried over.
CREATE OR REPLACE FUNCTION history_replay.obstacles() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH live AS (SELECT relid FROM pg_partition_tree('history.events'))
    SELECT DISTINCT 'materialized view ' || r.ev_class::regclass
    FROM live JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = live.relid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class WHERE c.relkind = 'm'
    UNION ALL
    SELECT DISTINCT 'function ' || d.objid::regprocedure
    FROM live JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = live.relid AND d.classid = 'pg_proc'::regclass
    UNION ALL
    SELECT format('foreign key %I of %s', conname, conrelid::regclass)
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = 'history.events'::regclass
    UNION ALL
    SELECT DISTINCT format('publication %I', pubname)
    FROM live JOIN pg_publication_rel r ON r.prrelid = live.relid JOIN pg_publication p ON p.oid = r.prpubid
    UNION ALL
    SELECT format('row security policy %I', polname) FROM live JOIN pg_policy ON polrelid = live.relid
    UNION ALL
    SELECT 'sequence ' || d.objid::regclass
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = 'history.events'::regclass AND d.deptype IN ('a', 'i')
$$

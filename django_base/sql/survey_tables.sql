-- What is there of the given tables and their partitions: where they are, whether their types need the hardened
-- functions, what stands in the way of capture, and our triggers on them, but for those that a partition has of its parent.
-- Lean types are those whose JSON depends on no setting but TimeZone, which the lean functions see to.
WITH RECURSIVE relation AS (
    SELECT name, to_regclass(name)::oid AS oid FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL
    UNION ALL
    SELECT r.name, i.inhrelid
    FROM relation r JOIN pg_inherits i ON i.inhparent = r.oid JOIN pg_class c ON c.oid = i.inhrelid
    WHERE c.relispartition
), column_type AS (
    SELECT a.attrelid, coalesce(nullif(element.typbasetype, 0), element.oid, base.oid) AS oid
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type base ON base.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    LEFT JOIN pg_type element ON element.oid = base.typelem AND base.typcategory = 'A'
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT relation.oid FROM relation)
)
SELECT r.name, r.oid, format('%%I.%%I', n.nspname, c.relname), c.relkind::text,
    EXISTS (
        SELECT FROM column_type t JOIN pg_type y ON y.oid = t.oid
        WHERE t.attrelid = r.oid AND y.typtype <> 'e' AND t.oid <> ALL ('{bool,int2,int4,int8,numeric,text,varchar,bpchar,
            "char",name,uuid,json,jsonb,date,time,timetz,timestamp,timestamptz,inet,cidr,macaddr,macaddr8,bit,varbit,
            int4range,int8range,numrange,int4multirange,int8multirange,nummultirange,tsvector}'::regtype[]::oid[])
    ) AS hardened,
    EXISTS (SELECT FROM column_type t WHERE t.attrelid = r.oid AND t.oid = ANY ('{json,jsonb}'::regtype[]::oid[])) AS has_json,
    EXISTS (SELECT FROM pg_inherits i JOIN pg_class child ON child.oid = i.inhrelid
        WHERE i.inhparent = r.oid AND NOT child.relispartition) AS has_children,
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary AND NOT i.indimmediate) AS deferrable_key,
    EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = r.oid) AS subscribed,
    (SELECT min(i.inhparent::regclass::text) FROM pg_inherits i
        WHERE i.inhrelid = r.oid AND i.inhparent NOT IN (SELECT relation.oid FROM relation)) AS parent,
    EXISTS (SELECT FROM pg_inherits i
        WHERE i.inhrelid = r.oid AND i.inhparent IN (SELECT relation.oid FROM relation)) AS partition,
    ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
    ARRAY(SELECT jsonb_build_object('name', g.tgname, 'function', '"' || replace(fn.nspname, '"', '""') || '".' || f.proname,
            'arguments', encode(g.tgargs, 'hex'), 'enabled', g.tgenabled, 'type', g.tgtype,
            'plain', g.tgattr::text = '', 'conditional', g.tgqual IS NOT NULL,
            'old', g.tgoldtable, 'new', g.tgnewtable)::text
        FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid JOIN pg_namespace fn ON fn.oid = f.pronamespace
        WHERE g.tgrelid = r.oid AND g.tgname LIKE 'backstory\_%%' AND g.tgparentid = 0) AS triggers
FROM relation r
JOIN pg_class c ON c.oid = r.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY r.name, r.oid

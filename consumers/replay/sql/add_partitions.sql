-- Give the fresh table the partitions of the live one that it lacks, under the same names.
CREATE OR REPLACE FUNCTION history_replay.add_partitions() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    leaf record;
BEGIN
    FOR leaf IN
        SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound, coalesce(' TABLESPACE ' || quote_ident(t.spcname), '') AS place
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
        WHERE i.inhparent = 'history.events'::regclass AND to_regclass(format('history_replay.%I', c.relname)) IS NULL
        ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE TABLE history_replay.%I PARTITION OF history_replay.events %s%s', leaf.relname, leaf.bound, leaf.place);
    END LOOP;
END
$$

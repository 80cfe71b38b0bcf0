-- While somebody holds the advisory lock named after the table's oid, transactions that wrote to it stand at COMMIT.
CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(TG_RELID::bigint);
    RETURN NULL;
END $$

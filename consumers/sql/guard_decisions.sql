-- A decision stays as it was made.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'history.decisions'::regclass AND tgname = 'refuse_change') THEN
        CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history.decisions
            FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change();
        ALTER TABLE history.decisions ENABLE ALWAYS TRIGGER refuse_change;
    END IF;
END
$$

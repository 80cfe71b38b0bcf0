-- An independent witness: one line a row, by plain row triggers.
CREATE TABLE oracle_log (n bigint GENERATED ALWAYS AS IDENTITY, relation text, old jsonb, new jsonb);
CREATE FUNCTION oracle_witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET TimeZone = 'UTC' SET IntervalStyle = 'iso_8601' AS $$
BEGIN
    INSERT INTO oracle_log (relation, old, new) VALUES (TG_ARGV[0],
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD.*) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW.*) END);
    RETURN NULL;
END $$;
DO $$
DECLARE label text; place text;
BEGIN
    FOR label, place IN SELECT m.label, m.table_name FROM backstory_model m LOOP
        EXECUTE format('CREATE TRIGGER oracle AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW
            EXECUTE FUNCTION oracle_witness(%L)', place, label);
    END LOOP;
END $$;

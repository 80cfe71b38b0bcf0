-- An independent witness: one line a changed row, by plain row triggers, and one a TRUNCATE.
CREATE TABLE oracle_log (n bigint GENERATED ALWAYS AS IDENTITY, relation text, old json, new json);

-- The columns of a row, each as it shall be in JSON: the null of JSON is not that of SQL.
CREATE FUNCTION oracle_columns(relation oid, place text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(format(
        CASE WHEN atttypid = 'jsonb'::regtype
        THEN 'CASE WHEN %1$s.%2$I::text = ''null'' THEN ''{"backstory:json":null}''::json ELSE %1$s.%2$I::json END AS %2$I'
        ELSE '%s.%I' END, place, attname), ', ' ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;

CREATE FUNCTION oracle_witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET TimeZone = 'UTC' SET IntervalStyle = 'iso_8601' SET DateStyle = 'ISO' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE image text := format('SELECT row_to_json(image.*) FROM (SELECT %s) image', oracle_columns(TG_RELID, '($1)')); before json; after json;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN EXECUTE image INTO before USING OLD; END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN EXECUTE image INTO after USING NEW; END IF;
    INSERT INTO oracle_log (relation, old, new) VALUES (TG_ARGV[0], before, after);
    RETURN NULL;
END $$;

-- Every row of every captured table, as it is now.
CREATE FUNCTION oracle_rows() RETURNS TABLE (relation text, image json) LANGUAGE plpgsql
    SET TimeZone = 'UTC' SET IntervalStyle = 'iso_8601' SET DateStyle = 'ISO' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE place text;
BEGIN
    FOR relation, place IN SELECT m.label, quote_ident(m.table_name) FROM backstory_model m
        WHERE to_regclass(quote_ident(m.table_name)) IS NOT NULL LOOP
        RETURN QUERY EXECUTE format('SELECT %L, row_to_json(image.*) FROM (SELECT %s FROM %s AS t) image',
            relation, oracle_columns(place::regclass, 't'), place);
    END LOOP;
END $$;

DO $$
DECLARE label text; place text;
BEGIN
    FOR label, place IN SELECT m.label, m.table_name FROM backstory_model m
        WHERE to_regclass(quote_ident(m.table_name)) IS NOT NULL LOOP
        EXECUTE format('CREATE TRIGGER oracle AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW
            EXECUTE FUNCTION oracle_witness(%L)', place, label);
        EXECUTE format('CREATE TRIGGER oracle_truncate AFTER TRUNCATE ON %I FOR EACH STATEMENT
            EXECUTE FUNCTION oracle_witness(%L)', place, label);
    END LOOP;
END $$;

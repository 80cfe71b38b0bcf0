-- Records that a table was emptied by TRUNCATE; its rows are not seen one by one. NEW is null, as in capture_update.sql.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
BEGIN
    INSERT INTO {schema}.backstory_outbox (kind, name) VALUES ('truncate', TG_ARGV[0]);
    RETURN NEW;
END $function$

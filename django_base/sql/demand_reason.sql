-- Refuses a write without a reason: any that touches a row, or (with columns and key as second and third arguments) an
-- UPDATE that changes one of the columns. The rows are looked at only when no reason is given; a comment too long for the
-- outbox gives none. What deferred triggers write at COMMIT has the reason of the transaction's last statement, looked for
-- among the newest 100,000 rows of the outbox.
CREATE OR REPLACE FUNCTION {schema}.backstory_demand_reason() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER{settings} AS $function$
DECLARE
    said text := CASE WHEN starts_with(current_query(), '/*') AND strpos(left(current_query(), 65537), '*/') > 0
        THEN split_part(current_query(), '*/', 1) END;
    columns text[] := TG_ARGV[1];
    changed text;
BEGIN
    IF left(current_query(), 20) ~* '^\s*(commit|end|prepare)\M' THEN
        SELECT CASE WHEN length(o.context) < 65534 THEN o.context END INTO said FROM {schema}.backstory_outbox o
        WHERE o.xid = pg_current_xact_id() AND o.context IS DISTINCT FROM '*/commit'
            AND o.seq > (SELECT max(newest.seq) - 100000 FROM {schema}.backstory_outbox newest)
        ORDER BY o.seq DESC LIMIT 1;
    END IF;
    IF said ~ '(^|[^a-z_])reason\s{0,4}=\s{0,4}''(?!(\s|%20|%09|%0[aAdD])*'')' THEN
        RETURN NULL;
    ELSIF columns IS NOT NULL THEN
        EXECUTE (
            SELECT format('SELECT string_agg(name, '','') FROM (VALUES %s) AS v (name, changed) WHERE changed', string_agg(
                format(
                    '(%1$L, EXISTS (SELECT %2$s, %1$I::text COLLATE "C" FROM backstory_old'
                    ' EXCEPT ALL SELECT %2$s, %1$I::text COLLATE "C" FROM backstory_new))', c.name, k.key), ', '))
            FROM unnest(columns) AS c (name), (
                SELECT string_agg(format('%I::text COLLATE "C"', key), ', ') FROM unnest(TG_ARGV[2]::text[]) AS key
            ) AS k (key)
        ) INTO changed;
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM backstory_new) THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM backstory_old) THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = '23R01',
        MESSAGE = format('a change of %s%s needs a reason', TG_ARGV[0], coalesce(' (' || changed || ')', '')),
        HINT = 'Write /*reason=''why''*/ in front of the statement, or bind a reason in the application.',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0], COLUMN = coalesce(changed, '');
END $function$

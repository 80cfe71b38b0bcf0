-- What one foreign key adds to guard_references.sql. That nobody has the key is for the foreign key's own check to say.
-- What applies the changes of another database has no statement, and passes.
    IF NEW.{column} IS NOT NULL AND ((NEW.{column} {equals} OLD.{column}) IS NOT TRUE{restored}) THEN
        PERFORM FROM {parent} parent WHERE parent.{key} {equals} NEW.{column} AND parent.{void} IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            PERFORM FROM {parent} parent WHERE parent.{key} {equals} NEW.{column};
            IF FOUND AND pg_catalog.current_query() IS NOT NULL THEN
                RAISE EXCEPTION USING
                    ERRCODE = '23R04',
                    MESSAGE = pg_catalog.format('%s of %s refers to a row of %s that is void (key %s)',
                        {column_text}, TG_ARGV[0], {parent_text}, NEW.{column}),
                    HINT = 'Restore that row first, refer to another one, or declare the field on_delete=keep_when_void(…).',
                    SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[0], COLUMN = {column_text};
            END IF;
        END IF;
    END IF;

-- Refuses rows of {table} that refer to void ones; backstory_install makes it of the model's foreign keys.
-- The row that is referred to stays locked as a foreign key locks it, so that who voids it waits, and then finds this one.
CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
{checks}    RETURN NULL;
END $function$

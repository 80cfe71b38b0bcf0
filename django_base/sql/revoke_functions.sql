-- Only our trigger functions, which run as their owner, may call the others; and only who owns them puts them on a table.
-- With a trigger function on a table of its own, a role could have its own cast to json run with the owner's rights.
REVOKE ALL ON FUNCTION
    {schema}.backstory_insert(),
    {schema}.backstory_insert_hardened(),
    {schema}.backstory_update(),
    {schema}.backstory_update_hardened(),
    {schema}.backstory_delete(),
    {schema}.backstory_delete_hardened(),
    {schema}.backstory_truncate(),
    {schema}.backstory_demand_reason(),
    {schema}.backstory_guard_delete(),
    {schema}.backstory_guard_update(),
    {schema}.backstory_large_value(anyelement),
    {schema}.backstory_rows_query(oid, text, text, text, text, bigint),
    {schema}.backstory_measure_query(oid, text, text, text, boolean),
    {schema}.backstory_fetch(refcursor, bigint),
    {schema}.backstory_write_few(text, text, text, boolean, json[], json[]),
    {schema}.backstory_write_rows(text, text, refcursor, refcursor, bigint)
FROM PUBLIC

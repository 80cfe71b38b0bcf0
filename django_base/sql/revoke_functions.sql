-- Only our trigger functions, which run as their owner, may call these; nobody else writes to the outbox through them.
REVOKE ALL ON FUNCTION
    {schema}.backstory_large_value(anyelement),
    {schema}.backstory_rows_query(oid, text, text, text, text, integer),
    {schema}.backstory_paired_query(oid, text),
    {schema}.backstory_fetch(refcursor, bigint),
    {schema}.backstory_write_rows(text, text, refcursor, refcursor, bigint)
FROM PUBLIC

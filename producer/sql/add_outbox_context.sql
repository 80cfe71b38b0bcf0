-- Where the context of a row comes from: the comment in front of the statement.
-- What deferred triggers write at COMMIT is marked */commit, which no comment can hold: the reader knows whose it is.
-- split_part cannot fail, whatever the statement looks like: capture never makes a write fail.
ALTER TABLE backstory_outbox ALTER COLUMN context SET DEFAULT
    CASE WHEN starts_with(current_query(), '/*')
    THEN split_part(split_part(current_query(), '*/', 1)::varchar(65536), '/*', 2)
    WHEN left(current_query(), 20) ~* '^\s*(commit|end|prepare)\M' THEN '*/commit' END

-- What a relay's session relies on, whatever the defaults of the database, the role or the URL are.
SELECT
    set_config('search_path', quote_ident(%(schema)s), false),
    set_config('synchronous_commit', 'on', false),
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('default_transaction_read_only', 'off', false),
    set_config('client_encoding', 'UTF8', false),
    set_config('TimeZone', 'UTC', false),
    set_config('statement_timeout', '0', false),
    set_config('idle_session_timeout', %(lease_ms)s, false),
    set_config('idle_in_transaction_session_timeout', %(lease_ms)s, false),
    set_config('tcp_user_timeout', %(lease_ms)s, false),
    set_config('tcp_keepalives_idle', %(lease_s)s, false),
    set_config('tcp_keepalives_interval', '1', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('enable_seqscan', 'off', false),
    set_config('enable_bitmapscan', 'off', false),
    set_config('enable_sort', 'off', false),
    set_config('jit', 'off', false)

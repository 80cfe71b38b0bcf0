-- The settings under which a server can lose what it has confirmed.
SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'

-- Whoever waits for a table's writers makes the writers after them wait, too: not for long.
SELECT set_config('lock_timeout', %s, true)

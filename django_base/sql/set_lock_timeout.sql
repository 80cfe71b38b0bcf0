-- Bounds how long this transaction's locks may make writers wait.
SELECT set_config('lock_timeout', %s, true)

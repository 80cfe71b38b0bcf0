-- Give up waiting for a lock before those behind us notice, and before a deadlock is looked for (1 s).
SET LOCAL lock_timeout = '500ms'

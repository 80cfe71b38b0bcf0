-- Give up waiting for a lock before the writers behind us notice.
SET LOCAL lock_timeout = '2s'

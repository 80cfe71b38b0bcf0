-- One worker counts; others stand by.
SELECT pg_try_advisory_lock(hashtext('backstory.analytics'))

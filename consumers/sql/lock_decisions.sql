-- One process at a time tells of decisions; released with the transaction.
SELECT pg_try_advisory_xact_lock(hashtext('backstory.decisions'))

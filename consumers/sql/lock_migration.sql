-- One migration at a time in a database; released with the transaction.
SELECT pg_advisory_xact_lock(hashtext('backstory.history'))

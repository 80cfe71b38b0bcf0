-- One report is added at a time; released with the transaction.
SELECT pg_advisory_xact_lock(hashtext('backstory.verify'))

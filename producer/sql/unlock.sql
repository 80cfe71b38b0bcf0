-- Give up the lead at once, and not only when the server notices that the session is gone.
SELECT pg_advisory_unlock_all()

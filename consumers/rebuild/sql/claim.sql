-- One process rebuilds a topic; the claim ends with the session.
SELECT pg_try_advisory_lock(hashtext('backstory.rebuild'), hashtext(%s))

-- Whoever only looks gives up rather than burden a server that has enough to do.
SET statement_timeout = '10s'; SET lock_timeout = '2s'

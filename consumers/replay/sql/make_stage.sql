-- Where rows wait that may already be in the fresh table; gone with the transaction.
CREATE TEMPORARY TABLE stage (LIKE history_replay.events INCLUDING DEFAULTS) ON COMMIT DROP

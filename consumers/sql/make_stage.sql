-- Where rows wait that may already be in the history; gone with the transaction.
CREATE TEMPORARY TABLE stage (LIKE history.events INCLUDING DEFAULTS) ON COMMIT DROP

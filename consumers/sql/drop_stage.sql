-- The stage has been emptied into the history.
DROP TABLE pg_temp.stage

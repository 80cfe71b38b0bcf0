-- The fresh table, in the columns of the live one; indexes, guards and rights come when it is full.
CREATE TABLE IF NOT EXISTS history_replay.events (LIKE history.events INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)
PARTITION BY RANGE (id)

-- The events of these ledger windows were acknowledged.
UPDATE backstory_window SET announced = true WHERE number = ANY (%s)

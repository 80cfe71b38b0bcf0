-- The company at which the nightly commands and the person in psql are busy.
SELECT min(id) FROM captable_company

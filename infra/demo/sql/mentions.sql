-- How many events hold a text that must not leave the application's database.
SELECT count(*) FROM history.events WHERE value::text LIKE '%%' || %(text)s || '%%'

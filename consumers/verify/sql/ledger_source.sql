-- The application's name.
SELECT name FROM {schema}.backstory_source

-- Our functions as the last installation left them.
SELECT name, body, definer, settings FROM {schema}.backstory_function

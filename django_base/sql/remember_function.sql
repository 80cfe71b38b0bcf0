-- Notes a function as it was made, so that the doctor can tell whether it was altered.
INSERT INTO {schema}.backstory_function (name, body, definer, settings) VALUES (%s, %s, %s, %s)

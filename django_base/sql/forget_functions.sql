-- Makes room for the functions of this version.
DELETE FROM {schema}.backstory_function

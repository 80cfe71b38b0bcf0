-- Makes room for the functions of this version; those that another project has made for its tables stay.
DELETE FROM {schema}.backstory_function WHERE name = ANY (%s)

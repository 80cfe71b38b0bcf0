-- How large a slot's heap is: nothing, once it was emptied.
SELECT pg_relation_size(to_regclass(%s))

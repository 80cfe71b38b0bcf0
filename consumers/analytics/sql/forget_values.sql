-- What a window held before it is computed anew.
DELETE FROM analytics.values WHERE start_at = %(start)s AND length_s = %(length_s)s

-- Nothing is left to be done about a touched window.
DELETE FROM analytics.windows WHERE start_at = %(start)s AND length_s = %(length_s)s AND state = 'touched'

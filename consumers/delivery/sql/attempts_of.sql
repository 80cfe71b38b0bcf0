-- What was tried for one delivery, in order.
SELECT number, began_at, ended_at, outcome, detail FROM notify.attempts WHERE delivery = %(id)s ORDER BY number

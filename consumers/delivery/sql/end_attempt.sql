-- Note what the provider said.
UPDATE notify.attempts SET ended_at = now(), outcome = %(outcome)s, detail = %(detail)s
WHERE delivery = %(id)s AND number = %(number)s

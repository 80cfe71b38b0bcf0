-- Note that a provider is about to be asked.
INSERT INTO notify.attempts (delivery, number) VALUES (%(id)s, %(number)s)

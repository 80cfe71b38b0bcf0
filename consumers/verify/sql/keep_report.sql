-- Add a report to the chain.
INSERT INTO verify.reports (report, digest) VALUES (%s, %s)

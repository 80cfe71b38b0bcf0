-- The digest of the last report.
SELECT digest FROM verify.reports ORDER BY id DESC LIMIT 1

-- Windows of a source between two numbers that were found at fault and whose fault nobody accepted.
SELECT number FROM verify.windows
WHERE source = %s AND number BETWEEN %s AND %s AND state NOT IN ('proved', 'accepted') ORDER BY number

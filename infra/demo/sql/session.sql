-- Values are written as the capture writes them.
SET TimeZone = 'UTC'

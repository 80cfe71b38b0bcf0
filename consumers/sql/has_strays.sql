-- Whether any event lies outside the months.
SELECT EXISTS (SELECT FROM history.events_default)

-- Make the missing months and put the guards on them; returns the months that the default partition forbids.
SELECT history.add_months(%s, %s), history.guard_events()

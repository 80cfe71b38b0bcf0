-- The relay that leads no longer finds its revision, and looks at the source anew.
UPDATE backstory_relay SET revision = revision + 1, holder = NULL

-- The indexes of one partition that holds values too long for them.
SELECT history_replay.set_aside_long(%s)

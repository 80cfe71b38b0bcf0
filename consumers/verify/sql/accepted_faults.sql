-- The faults of windows that were accepted, and by which decision.
SELECT number, fault, decision FROM verify.accepted WHERE source = %s AND number = ANY (%s)

-- This transaction, and so all that was loaded before it, is on the disk when its commit returns.
SET LOCAL synchronous_commit = on

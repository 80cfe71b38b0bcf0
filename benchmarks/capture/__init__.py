"""What recording adds to a write: the same writes, with and without each recorder."""

"""URL configurations of every kind, for the tests of the gate."""

"""Nothing records: what the other variants are compared with."""

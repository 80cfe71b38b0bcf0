"""What closing a view costs: the pass over 50 named objects, and a list with a rule a row."""

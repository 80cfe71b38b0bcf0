"""Dead letters: how many are too many, and what people do about them."""

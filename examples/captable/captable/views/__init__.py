"""The pages. Each class answers one address."""

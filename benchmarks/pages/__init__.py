"""What a page view adds to a request that only reads."""

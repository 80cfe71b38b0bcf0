"""What closing the URLs costs at start-up and per request."""

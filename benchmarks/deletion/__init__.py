"""What it takes to void, to restore and to list beside void rows."""

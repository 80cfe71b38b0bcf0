"""Physical deletion, by Django itself."""

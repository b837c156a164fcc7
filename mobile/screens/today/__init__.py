"""Today: how it stands, and the one thing to do."""

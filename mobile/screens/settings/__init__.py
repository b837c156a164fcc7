"""Text size, language, server, signing out."""

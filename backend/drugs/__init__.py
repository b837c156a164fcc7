"""Drug lists: the operator's own downloads, kept by version, and what is known of medicines today."""

"""Records: whose a record is, its key, its change counter, and what is seen of it at a glance."""

"""One warning of the checks: what it is, between what, where it comes from, and whom to ask."""

"""Medicines: what was dispensed, and the list of medicines."""

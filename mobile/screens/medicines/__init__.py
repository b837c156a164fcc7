"""Medicines, by dispensing."""

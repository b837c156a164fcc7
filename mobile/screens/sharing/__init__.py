"""Letting a doctor see the record, and ending it."""

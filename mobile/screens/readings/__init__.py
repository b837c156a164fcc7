"""Readings of one kind: chart, means and list."""

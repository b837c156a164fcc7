"""Sync: what a phone tells and hears."""

"""Wearables: streams of readings, stored by the day."""

"""The order of devices."""

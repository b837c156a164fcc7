"""Receiving from a health device: touch once, then measure."""

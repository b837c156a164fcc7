"""Looks only: layout, parts, styles, scripts."""

"""Imports: upload, recognise, read, preview, keep, undo."""

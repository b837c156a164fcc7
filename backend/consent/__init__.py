"""Consent: grants, opening a record, and the visitors' book."""

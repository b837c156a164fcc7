"""Vitals: what a person measured."""

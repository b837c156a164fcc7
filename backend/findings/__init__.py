"""Findings: allergies, side effects, diagnoses, infections and immunisations; withdrawn, never deleted."""

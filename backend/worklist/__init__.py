"""Worklist: the doctor's list of people and a record at a glance."""

"""Means and changes of blood pressure and weight, each figure with what it is."""

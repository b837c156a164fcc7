"""A year of medicines on one screen: a bar for each, with its gaps."""

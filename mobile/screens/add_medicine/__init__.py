"""A medicine typed by hand: its name first, then how it is taken, since when."""

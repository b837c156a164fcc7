"""One medicine: how it is taken, how long it lasts, from whom, and whether others see it."""

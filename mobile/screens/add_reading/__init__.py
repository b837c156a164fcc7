"""Adding a reading: the number pad first, nothing else required."""

"""Her medicine notebook as QR codes, to be read by a pharmacy or another app."""

"""What is known about her: allergies, side effects, illnesses, infections, vaccinations."""

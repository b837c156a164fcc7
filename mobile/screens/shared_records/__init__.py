"""What a signed-in doctor sees of those who share with her; read only."""

"""What a file leaves open, as she is asked."""

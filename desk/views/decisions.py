"""The inbox of decisions."""

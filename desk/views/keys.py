"""The key register."""

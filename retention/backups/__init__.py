"""Backups of the data and of the keyring: made, kept apart, checked by restoring them, and brought back."""

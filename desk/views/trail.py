"""The access trail."""

"""Leak trace: from a leaked list to whoever saw it."""

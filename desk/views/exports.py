"""Masked exports."""

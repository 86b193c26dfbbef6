"""Kinds of value in pure Python: clean, normalise, mask, view, derive, detect. Knows no Django."""

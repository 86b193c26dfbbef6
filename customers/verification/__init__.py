"""Whether every value is the one that was last recorded as written."""

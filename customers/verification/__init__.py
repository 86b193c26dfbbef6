"""Whether every sealed value is the one that was last recorded as written."""

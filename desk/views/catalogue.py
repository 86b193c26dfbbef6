"""The information catalogue and the reading rules."""

"""Patterns in the trail that somebody has to explain, as code with thresholds as rows."""

"""Patterns in the trail that somebody has to explain, as code with thresholds as rows.

`registry.detect` runs them, `registry.explain` puts a hit in words, `registry.untested` says what was not looked at.
"""

"""Existing consents from a file: what a row says, and the jobs that try it out and record it."""

"""L4 (S0-18, S0-24): values alone in their own database, and what lets a value out, which lies there as well.

Runs on the restricted host only. From the main data it reads who people are, takes deposits, and appends events.
"""

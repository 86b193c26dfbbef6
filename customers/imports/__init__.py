"""Customers from a file: propose a mapping, try it out, write it in batches that may be killed at any instant."""

"""The demo's one password, for every process of the demo."""

PASSWORD = "-".join(("custinfo", "demo", "people"))
"""Of every demo account; the demo refuses to start where anybody else could reach it."""

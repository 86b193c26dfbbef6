"""Pages of the restricted host: one URL, one function."""

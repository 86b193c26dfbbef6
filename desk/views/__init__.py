"""Function views, one module per area; one URL, one function, one call of the domain."""

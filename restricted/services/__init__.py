"""The acts of the restricted host: one act = one function = one transaction = one event."""

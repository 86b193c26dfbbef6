"""Acts of the audit: one function, one transaction, one event."""

"""The acts of this app: one act, one transaction, one event."""

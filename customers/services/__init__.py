"""Every write of customers: one act, one function, one transaction, one event."""

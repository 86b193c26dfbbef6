"""What may be held: fields with their signed versions, purposes and collection scenarios, as data."""

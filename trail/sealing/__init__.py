"""Sealing and proof: events become leaves of an RFC 6962 tree, whose head is signed, witnessed and verified."""

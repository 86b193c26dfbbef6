"""Pages that customers open, in a process of their own: no key-encryption key, no sessions, a narrow database role."""

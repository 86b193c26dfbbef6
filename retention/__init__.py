"""How long what is held may be kept, what keeps it longer, and destruction that proves itself; backups that forget."""

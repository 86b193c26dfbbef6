"""Search, list, customer page, edit, contact, reveal and compare."""

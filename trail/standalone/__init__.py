"""Programs for people outside: each runs alone, with Python and `cryptography`, where there is no custinfo."""

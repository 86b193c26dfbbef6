"""The pages of the restricted host: one L4 value at a time, no list, no search, no export."""

"""The customer record at levels L1–L3: portfolios, customers, contacts, search and import."""

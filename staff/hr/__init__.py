"""The personnel department's file: who works, who has left, who belongs where (S0-31)."""

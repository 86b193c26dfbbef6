"""Reads of the decision: cards, explanations, rules."""

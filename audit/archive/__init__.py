"""Retention of the trail: months leave it exported, verified and signed for, and archives are kept for years."""

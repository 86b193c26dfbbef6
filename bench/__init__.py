"""Figures: what our ways cost against plain ones, measured in the same run. A bench prints; it never fails."""

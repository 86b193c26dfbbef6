"""How the house writes dates, in every language the same: `2026-11-21 20:45`."""

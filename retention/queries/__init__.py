"""What others may ask of retention: what is due, and what may not be destroyed yet."""

from retention.queries.listing import HeldBack, due, held_back

__all__ = ["HeldBack", "due", "held_back"]

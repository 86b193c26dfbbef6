"""What custody keeps: the drills. KEK versions and their facts lie in the keyring (`vault`)."""

from custody.models.drills import EscrowDrill

__all__ = ["EscrowDrill"]

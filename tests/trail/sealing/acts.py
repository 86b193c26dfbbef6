"""Sealing in tests: the trail is never empty there, so everything is told relative to what was sealed before."""

from tests.trail.cast import ALICE, LI, SHOWN, WANG
from trail import services
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Checkpoint
from trail.sealing import sealer

BY = Actor.system("trail.seal")


def record(times: int = 1) -> list[int]:
    """Record events with two exposures each; return their numbers."""
    return [
        services.record(
            SHOWN,
            by=ALICE,
            at=services.clock(),
            exposures=[
                Exposed(
                    WANG, "revealed", clear=("mobile",), masked=("card", "名"), level=3, portfolio="north"
                ),
                Exposed(LI, "written", digest=b"\x01\x02"),
            ],
        ).event
        for _ in range(times)
    ]


def seal_all(**options: bool) -> int:
    """Seal everything there is; return the size of the tree."""
    while sealer.seal(by=BY, at=services.clock(), **options):
        pass
    newest = Checkpoint.objects.order_by("-size").first()
    return 0 if newest is None else newest.size

"""Who appears in the trail's tests, and what they do."""

from uuid import UUID

from trail.actor import Actor
from trail.vocabulary import declare

ALICE_ID = UUID("00000000-0000-4000-8000-00000000a11c")
BOB_ID = UUID("00000000-0000-4000-8000-000000000b0b")
ALICE = Actor(
    id=ALICE_ID,
    number="A001",
    name="Alice",
    roles=frozenset({"agent", "analyst"}),
    department="service-1",
    ip="10.1.2.3",
    site="harbour",
    region="south",
    zone="office",
    session="5e551011",
)
BOB = Actor(id=BOB_ID, number="B002", name="Bob", department="service-2")
WANG = UUID("10000000-0000-4000-8000-000000000001")
LI = UUID("10000000-0000-4000-8000-000000000002")
ZHAO = UUID("10000000-0000-4000-8000-000000000003")

SHOWN = declare("test.shown", name="showed a value")
TOLD = declare("test.told", name="told two facts", facts=("count", "fields"))
ALARMED = declare("test.alarmed", name="raised an alarm", alarm=True)

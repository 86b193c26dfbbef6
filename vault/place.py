"""Where a sealed value belongs. A value opens only at the place it was sealed for."""

from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """Name the one spot a sealed value is good for.

    `subject` is the opaque UUID whose data key seals the value, `domain` the key's domain ("L3", "files",
    "texts"), `field` the field code, `level` 1 to 4. A named tuple and not a dataclass, because imports make
    millions of them and a frozen dataclass costs three times as much to make.
    """

    subject: UUID
    domain: str
    field: str
    level: int

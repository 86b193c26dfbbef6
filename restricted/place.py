"""Where the data of this app lie, and the id that its sealed values are bound to."""

from functools import lru_cache
from uuid import UUID

from restricted.models import Deployment

ALIAS = "restricted"


@lru_cache(maxsize=1)
def deployment_id() -> UUID:
    """Return the id of this restricted host, as its first migration wrote it."""
    return Deployment.objects.get().id

"""Uses of a grant: counted with the act itself, so that never more is shown than was allowed (S0-34)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from access.models import GrantUse, UsageRequest


def lock(request: UUID) -> None:
    """Make uses and revocations of one grant wait for each other; inside the act's transaction, before deciding."""
    UsageRequest.objects.select_for_update().values_list("pk").get(pk=request)


def use(request: UUID, shown: Mapping[UUID, Collection[str]], *, event: int, at: datetime) -> None:
    """Count what an act shows under a grant that is locked.

    :param shown: customer → the fields shown.
    """
    GrantUse.objects.bulk_create(
        GrantUse(request_id=request, customer=customer, field=field, event=event, at=at)
        for customer, fields in shown.items()
        for field in fields
    )

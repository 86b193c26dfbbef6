"""Exports with whoever made them, for those who trace a leak."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from access.models import Export
from staff.models import Person


def exports_by(*, ids: Collection[UUID] = (), events: Collection[int] = ()) -> QuerySet[Export]:
    """Return exports by id or by the number of their event, with `person_name` and their usage request."""
    names = Person.objects.filter(pk=OuterRef("person_id")).values("name")
    found = Export.objects.select_related("request").annotate(
        person_name=Coalesce(Subquery(names), Value(""))
    )
    return found.filter(Q(pk__in=list(ids)) | Q(event__in=list(events)))

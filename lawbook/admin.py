"""Law facts and working calendars in the back office: to be read, with what should be looked up again."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lawbook.models import FactVersion, WorkingYear
from lawbook.queries import unverified

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class ToVerify(admin.SimpleListFilter):
    """Facts that are remembered only, or were verified long ago."""

    title = _("to be verified")
    parameter_name = "verify"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, "StrOrPromise"]]:
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FactVersion]) -> QuerySet[FactVersion]:
        return queryset & unverified(request.at) if self.value() else queryset  # type: ignore[attr-defined]


class ReadOnly(Base):
    """A screen on which nothing is added, changed or deleted."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FactVersion)
class FactVersionAdmin(ReadOnly):
    """Every version of every fact, with the law it stands in."""

    list_display = ("name_zh", "value", "unit", "certainty", "citation_zh", "article", "since", "until")
    list_filter = (ToVerify, "certainty", "unit")
    search_fields = ("code", "name_zh", "name_en", "citation_zh", "citation_en")


@admin.register(WorkingYear)
class WorkingYearAdmin(ReadOnly):
    """The years that were entered."""

    list_display = ("year", "citation", "entered_at", "entered_by")

"""The trail in the back office: read only, and reading it is itself an event."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trail import services, vocabulary
from trail.events import TRAIL_READ
from trail.models import Event, Exposure
from trail.words import ACT_NAMES

if TYPE_CHECKING:
    EventAdminBase = admin.ModelAdmin[Event]
    from django_stubs_ext import StrOrPromise
else:
    EventAdminBase = admin.ModelAdmin

DAYS = {"": 31, "7": 7, "93": 93, "366": 366}
EXPOSURES_SHOWN = 500


class PeriodFilter(admin.SimpleListFilter):
    """How far back to look; without an answer, a month, so that only few partitions are read."""

    title = _("period")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrOrPromise]]:
        return [("7", _("7 days")), ("93", _("3 months")), ("366", _("a year"))]

    def choices(self, changelist: ChangeList) -> Any:
        month, *others = super().choices(changelist)
        return [month | {"display": _("a month")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if any(name.startswith("at__") for name in request.GET):
            return queryset  # a date was picked from the hierarchy
        days = DAYS.get(self.value() or "", DAYS[""])
        return queryset.filter(at__gte=request.at - timedelta(days=days))  # type: ignore[attr-defined]


class KindFilter(admin.SimpleListFilter):
    """What happened, by the declared vocabulary (asking the table for its kinds would read all of it)."""

    title = _("what happened")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrOrPromise]]:
        return [(kind.code, kind.name) for kind in vocabulary.every_kind()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class FlagFilter(admin.SimpleListFilter):
    """What deserves a look: alarms, and clocks that disagree."""

    title = _("flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrOrPromise]]:
        return [("alarm", _("alarm")), ("clock", _("clock is off"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        events = Event.objects.all()
        if self.value() == "alarm":
            return queryset & events.alarming()
        if self.value() == "clock":
            return queryset & events.with_clock_off()
        return queryset


@admin.register(Event)
class EventAdmin(EventAdminBase):
    """Events, newest first. Nothing here can be added, changed or deleted."""

    list_display = ("at", "what", "actor_number", "actor_name", "mode", "decision", "rule", "site", "flags")
    list_filter = (PeriodFilter, KindFilter, FlagFilter, "mode")
    date_hierarchy = "at"
    search_fields = ("actor_number", "kind")
    search_help_text = _("staff number or code of what happened")
    show_full_result_count = False
    list_per_page = 50
    readonly_fields = ("what", "flags", "exposed")
    actions = None

    @admin.display(description=_("what happened"), ordering="kind")
    def what(self, event: Event) -> str:
        return event.kind_name

    @admin.display(description=_("flag"))
    def flags(self, event: Event) -> str:
        flags = [_("alarm")] if event.is_alarm else []
        return " ".join(str(flag) for flag in flags + ([_("clock is off")] if event.clock_is_off else []))

    @admin.display(description=_("customers shown or changed"))
    def exposed(self, event: Event) -> SafeString:
        rows = Exposure.objects.filter(event_id=event.id, at=event.at).order_by("id")[: EXPOSURES_SHOWN + 1]
        cells = [
            (row.customer, ACT_NAMES[row.act], row.level or "", ", ".join(row.clear), ", ".join(row.masked))
            for row in rows
        ]
        return format_html(
            "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead>"
            "<tbody>{}</tbody></table>{}",
            _("customer"),
            _("kind of exposure"),
            _("highest level in clear"),
            _("shown in clear"),
            _("shown masked"),
            format_html_join("", f"<tr>{'<td>{}</td>' * 5}</tr>", cells[:EXPOSURES_SHOWN]),
            format_html("<p>{}</p>", _("and more")) if len(cells) > EXPOSURES_SHOWN else "",
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._record_reading(request, scope="events")
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        scope = f"event:{object_id}" if object_id.isascii() and object_id.isdecimal() else "event"
        self._record_reading(request, scope=scope[:40])
        return super().change_view(request, object_id, form_url, extra_context)

    def _record_reading(self, request: HttpRequest, *, scope: str) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # SECURITY: the names of known filters only; what was typed may be anything.
        known = {"q", "days", "kind", "flag", "mode__exact", "p", "o", "all"}
        used = sorted(name for name in request.GET if name in known or name.startswith("at__"))
        facts = {"scope": scope, "filters": used[:20]}
        services.record(TRAIL_READ, by=request.actor, at=request.at, facts=facts)  # type: ignore[attr-defined]

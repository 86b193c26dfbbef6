"""The catalogue in the back office: to be read, but for names in both languages and places on forms.

What a field means changes by signed version only; a code never changes.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from classification.models import Field, FieldVersion, Purpose, Scenario
from staff.admin_rights import GovernedAdmin

if TYPE_CHECKING:
    Inline = admin.TabularInline[FieldVersion, Field]
else:
    Inline = admin.TabularInline


class VersionInline(Inline):
    """The versions of a field, the newest first."""

    model = FieldVersion
    fields = (
        "number",
        "category",
        "level",
        "kind",
        "index",
        "required",
        "sensitive",
        "derived_from",
        "purposes",
        "since",
        "until",
        "shipped",
    )
    readonly_fields = fields
    ordering = ("-number",)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class Named(GovernedAdmin):
    """Entries of the catalogue whose names may be put right."""

    permission_view: ClassVar[str] = "catalogue.read"
    permission_change: ClassVar[str] = "catalogue.names"
    may_add: ClassVar[bool] = False
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Field)
class FieldAdmin(Named):
    """Fields: names and places on forms."""

    list_display = ("code", "name_zh", "name_en", "form_order")
    fields = ("code", "name_zh", "name_en", "form_order")
    readonly_fields = ("code",)
    inlines = (VersionInline,)


@admin.register(Purpose)
class PurposeAdmin(Named):
    """Purposes: names."""

    list_display = ("code", "name_zh", "name_en", "since", "until")
    fields = ("code", "name_zh", "name_en", "roles", "since", "until")
    readonly_fields = ("code", "roles", "since", "until")


@admin.register(Scenario)
class ScenarioAdmin(Named):
    """Collection scenarios: names and places on forms."""

    list_display = ("code", "name_zh", "name_en", "insists", "form_order")
    fields = ("code", "name_zh", "name_en", "purposes", "insists", "form_order")
    readonly_fields = ("code", "purposes", "insists")

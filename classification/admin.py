"""The catalogue in the back office: to be read, but for names in both languages and places on forms.

What a field means changes by signed version only; a code never changes.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from classification.models import Field, FieldVersion, Purpose, PurposeVersion, Scenario
from staff.admin_rights import GovernedAdmin

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:
    Inline = admin.TabularInline


class Versions(Inline):
    """Signed versions, the newest first: to be read."""

    ordering = ("-number",)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class VersionInline(Versions):
    """The versions of a field."""

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
        "since",
        "until",
        "shipped",
    )
    readonly_fields = fields


class PurposeVersionInline(Versions):
    """The versions of a purpose."""

    model = PurposeVersion
    fields = (
        "number",
        "basis",
        "basis_reason_zh",
        "fields",
        "roles",
        "necessary_for_service",
        "retain_months",
        "retain_from",
        "consent_months",
        "automated",
        "owner",
        "since",
        "until",
        "shipped",
    )
    readonly_fields = fields


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

    list_display = ("code", "name_zh", "name_en")
    fields = ("code", "name_zh", "name_en")
    readonly_fields = ("code",)
    inlines = (PurposeVersionInline,)


@admin.register(Scenario)
class ScenarioAdmin(Named):
    """Collection scenarios: names and places on forms."""

    list_display = ("code", "name_zh", "name_en", "insists", "form_order")
    fields = ("code", "name_zh", "name_en", "purposes", "insists", "form_order")
    readonly_fields = ("code", "purposes", "insists")

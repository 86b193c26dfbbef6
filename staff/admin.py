"""Set-up screens for people, departments, places and duties. No screen here gives a role, a headship or a reach.

Whatever widens a right is read-only: a person's department and dates, a department's place in the tree.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from staff.admin_rights import GovernedAdmin
from staff.models import (
    Department,
    Freeze,
    Headship,
    Network,
    Person,
    RoleHolding,
    Site,
    Training,
    Undertaking,
)


@admin.register(Person)
class PersonAdmin(GovernedAdmin):
    """People. New ones are proposed on the desk; here a name can be put right."""

    permission_view: ClassVar[str] = "people.read"
    permission_change: ClassVar[str] = "people.set_up"
    may_add: ClassVar[bool] = False
    list_display = ("number", "name", "department", "joined_at", "left_at", "valid_until")
    list_filter = ("department",)
    search_fields = ("number", "name")
    fields = ("number", "name", "department", "email", "joined_at", "moved_at", "left_at", "valid_until")
    # SECURITY: a mail address receives enrolment links, a department is a reach: both change by proposal only.
    readonly_fields = ("number", "department", "email", "joined_at", "moved_at", "left_at", "valid_until")


@admin.register(Department)
class DepartmentAdmin(GovernedAdmin):
    """Departments. The parent is chosen once: moving a branch would move everybody's reach."""

    permission_view: ClassVar[str] = "people.read"
    permission_change: ClassVar[str] = "people.set_up"
    list_display = ("code", "name", "parent", "active")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "parent") if obj else ()


class Held(GovernedAdmin):
    """What people hold: to be read. It is given by signed proposals and taken away on the desk."""

    permission_view: ClassVar[str] = "people.read"


@admin.register(RoleHolding)
class RoleHoldingAdmin(Held):
    """Roles of people."""

    list_display = ("person", "role", "since", "until")
    list_filter = ("role",)
    search_fields = ("person__number", "person__name")
    list_select_related = ("person",)


@admin.register(Headship)
class HeadshipAdmin(Held):
    """Heads of departments."""

    list_display = ("department", "person", "since", "until")
    list_select_related = ("department", "person")


@admin.register(Freeze)
class FreezeAdmin(Held):
    """Freezes."""

    list_display = ("person", "at", "by_number", "until")
    list_select_related = ("person",)


class Placed(GovernedAdmin):
    """Where requests come from: to be read. It changes by signed proposals on the desk (`/networks/`)."""

    # SECURITY: rules ask for a zone; whoever could move a network alone could open values.
    permission_view: ClassVar[str] = "rules.read"


@admin.register(Site)
class SiteAdmin(Placed):
    """Places of work."""

    list_display = ("code", "name", "region")


@admin.register(Network)
class NetworkAdmin(Placed):
    """Networks of the places of work."""

    list_display = ("cidr", "site", "zone")
    list_select_related = ("site",)


class Duty(GovernedAdmin):
    """What people have signed or passed."""

    permission_view: ClassVar[str] = "duties.read_all"
    permission_change: ClassVar[str] = "duties.edit"
    search_fields = ("person__number", "person__name")
    autocomplete_fields = ("person",)
    list_select_related = ("person",)


@admin.register(Undertaking)
class UndertakingAdmin(Duty):
    """Confidentiality undertakings."""

    list_display = ("person", "version", "signed_at", "valid_until")


@admin.register(Training)
class TrainingAdmin(Duty):
    """Training that was passed."""

    list_display = ("person", "course", "passed_at", "valid_until")

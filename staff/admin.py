"""Set-up screens for people, departments, places and duties. No screen here gives a role, a headship or a reach.

Whatever widens a right is read-only: a person's department and dates, a department's place in the tree.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from staff.admin_rights import GovernedAdmin
from staff.forms import RequiredCourseForm, TrainingForm, UndertakingForm
from staff.models import (
    Department,
    Freeze,
    Headship,
    Network,
    Person,
    RequiredCourse,
    RoleHolding,
    Site,
    Training,
    Undertaking,
)
from staff.services import duties


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
    """What people have signed or passed. It is written by services, with an event each."""

    permission_view: ClassVar[str] = "duties.read_all"
    permission_change: ClassVar[str] = "duties.edit"
    filed: ClassVar[tuple[str, ...]] = ()
    ended: ClassVar[tuple[str, ...]] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.ended if obj else self.filed

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(name for name in self.ended if name != "ends") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:
        made = super().get_form(request, obj, change, **more)
        made.by, made.at = request.actor, request.at  # type: ignore[attr-defined]
        return made

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        act = {"by": request.actor, "at": request.at}  # type: ignore[attr-defined]
        if not change:
            obj.pk = self.file(obj, form.cleaned_data, act).pk
        else:
            self.end(obj, act)

    def file(self, obj: Any, said: dict[str, Any], act: dict[str, Any]) -> Any:
        """Write a new row."""
        raise NotImplementedError

    def end(self, obj: Any, act: dict[str, Any]) -> None:
        """End a row."""
        raise NotImplementedError


class OfPerson(Duty):
    """Rows of a person."""

    search_fields = ("person__number", "person__name")
    autocomplete_fields = ("person",)
    list_select_related = ("person",)


@admin.register(Undertaking)
class UndertakingAdmin(OfPerson):
    """Confidentiality undertakings. One that was signed on paper is filed here; nothing of it changes again."""

    form = UndertakingForm
    filed: ClassVar[tuple[str, ...]] = ("person", "version", "signed_at", "scan")
    ended: ClassVar[tuple[str, ...]] = ("person", "version", "hash", "method", "signed_at", "valid_until")
    list_display = ("person", "version", "method", "signed_at")
    list_filter = ("version", "method")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def file(self, obj: Undertaking, said: dict[str, Any], act: dict[str, Any]) -> Undertaking:
        scan = said["scan"]
        return duties.enter_paper(
            person=obj.person,
            version=obj.version,
            signed_at=obj.signed_at,
            scan=scan.read(),
            name=scan.name,
            **act,
        )


@admin.register(Training)
class TrainingAdmin(OfPerson):
    """Training that was passed. Of what is filed only the end can be put, at now."""

    form = TrainingForm
    filed: ClassVar[tuple[str, ...]] = ("person", "course", "passed_at", "valid_until", "certificate")
    ended: ClassVar[tuple[str, ...]] = ("person", "course", "passed_at", "valid_until", "ends")
    list_display = ("person", "course", "passed_at", "valid_until")
    list_filter = ("course",)

    def file(self, obj: Training, said: dict[str, Any], act: dict[str, Any]) -> Training:
        certificate = said["certificate"]
        return duties.enter_training(
            person=obj.person,
            course=obj.course,
            passed_at=obj.passed_at,
            valid_until=obj.valid_until,
            certificate=certificate.read() if certificate else b"",
            name=certificate.name if certificate else "",
            **act,
        )

    def end(self, obj: Training, act: dict[str, Any]) -> None:
        duties.end_training(obj.pk, **act)


@admin.register(RequiredCourse)
class RequiredCourseAdmin(Duty):
    """Courses without which a role sees masks only. As shipped there is none."""

    form = RequiredCourseForm
    filed: ClassVar[tuple[str, ...]] = ("role", "course", "months")
    ended: ClassVar[tuple[str, ...]] = ("role", "course", "months", "since", "until", "ends")
    list_display = ("role", "course", "months", "since", "until")
    list_filter = ("role",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and (obj is None or obj.until is None)

    def file(self, obj: RequiredCourse, said: dict[str, Any], act: dict[str, Any]) -> RequiredCourse:
        return duties.require_course(role=obj.role, course=obj.course, months=obj.months, **act)

    def end(self, obj: RequiredCourse, act: dict[str, Any]) -> None:
        duties.require_no_more(obj.pk, **act)

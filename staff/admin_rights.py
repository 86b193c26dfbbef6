"""Rights in the admin come from the same table as everything else: the actor's roles, read anew for each request."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from staff.permissions import may

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class GovernedAdmin(Base):
    """A model admin whose rights are permissions of this house.

    Set `permission_view`; set `permission_change` (and `may_add`) where the screen may write. Nothing is ever deleted
    here, and nothing here gives a right.
    """

    permission_view: ClassVar[str] = "admin.enter"
    permission_change: ClassVar[str] = ""
    may_add: ClassVar[bool] = True
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.permission_view) or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.permission_change) and self._may(request, self.permission_change)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.may_add and self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def _may(self, request: HttpRequest, permission: str) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and may(actor, "admin.enter") and may(actor, permission)

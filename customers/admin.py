"""Portfolios in the back office. Customers never appear here, and no screen here gives a right."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from customers.models import Portfolio
from staff.admin_rights import GovernedAdmin


@admin.register(Portfolio)
class PortfolioAdmin(GovernedAdmin):
    """Portfolios. The department is chosen once: another one would change whom its supervisors reach."""

    permission_view: ClassVar[str] = "people.read"
    permission_change: ClassVar[str] = "people.set_up"
    list_display = ("code", "name", "department", "region")
    list_select_related = ("department",)
    search_fields = ("code", "name")
    fields = ("code", "name", "department", "region")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "department") if obj else ()

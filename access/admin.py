"""The reading rules in the back office: to be read. They change by proposal and signature only."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from access import clauses
from access.models import ReadingRule
from access.words import conditions
from staff.admin_rights import GovernedAdmin


@admin.register(ReadingRule)
class ReadingRuleAdmin(GovernedAdmin):
    """Every version of every rule, with its clause."""

    permission_view: ClassVar[str] = "rules.read"
    may_add: ClassVar[bool] = False
    list_display = (
        "code",
        "number",
        "role",
        "level",
        "category",
        "tier",
        "zone",
        "highest_tier",
        "view",
        "opens_when",
        "forbid",
        "clause",
        "since",
        "until",
    )
    list_filter = ("role", "level", "view", "forbid", "shipped")
    search_fields = ("code", "clause")
    fields = (*list_display, "clause_words", "shipped", "proposal")
    readonly_fields = fields

    @admin.display(description=_("clear when"))
    def opens_when(self, rule: ReadingRule) -> str:
        """Say when the rule shows the value."""
        return conditions(rule.clear_when)

    @admin.display(description=_("words of the clause"))
    def clause_words(self, rule: ReadingRule) -> str:
        """Give the words of the clause."""
        return clauses.words(rule.clause)

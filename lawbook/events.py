"""What the trail records about law facts and the working calendar."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

FACT_SUPERSEDED = declare(
    "lawbook.fact_superseded",
    name=_("Law fact superseded"),
    facts=("code", "value", "unit", "since", "certainty"),
)
YEAR_ENTERED = declare(
    "lawbook.year_entered",
    name=_("Working calendar of a year entered"),
    facts=("year", "days_off", "days_worked"),
)

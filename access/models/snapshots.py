"""What analysts see of portfolios: figures about groups, with nobody in them who could be found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AggregateRelease(models.Model):
    """The figures of one portfolio that count until five or more of its customers differ (`access.aggregates`).

    `axes`: pairs of a dimension and all of its values, in order. `figures`: dimensions → values → a multiple of five.
    `joint` says how many customers had which traits when they
    were counted: without it nobody could tell how many differ since. It names nobody and leaves this table for that
    comparison only.
    """

    portfolio = models.OneToOneField(
        "customers.Portfolio", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("portfolio")
    )
    axes = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    joint = models.JSONField(default=list)
    counted_at = models.DateTimeField(_("counted at"))
    checked_at = models.DateTimeField(_("compared at"))

    class Meta:
        verbose_name = _("release of aggregates")
        verbose_name_plural = _("releases of aggregates")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.portfolio_id)

"""Escrow drills: a copy of the master key was brought back and tried. Rows are only ever added."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def copies() -> list[tuple[str, Promise]]:
    """Return which copies of the master key can be brought back in a drill."""
    return [
        ("file", _("copy of the key file")),
        ("shares", _("shares of the custodians")),
        ("device", _("backup of the hardware module")),
    ]


class EscrowDrill(models.Model):
    """One drill, signed by two custodians."""

    held_on = models.DateField(_("held on"))
    copy = models.CharField(_("what was brought back"), max_length=8, choices=copies)
    opened = models.BooleanField(_("test values opened"))
    proposal = models.UUIDField(_("proposal"), unique=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("escrow drill")
        verbose_name_plural = _("escrow drills")
        ordering = ("-held_on", "-id")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.held_on} {self.copy}"

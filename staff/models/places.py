"""Sites, and the networks that tell where a request comes from."""

import ipaddress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    TextualField = models.Field[str, str]
else:
    TextualField = models.Field


class CidrField(TextualField):
    """A network as PostgreSQL's own `cidr`, written as text such as `10.20.0.0/16`."""

    description = _("network")

    def db_type(self, connection: Any) -> str:
        return "cidr"

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else str(value)

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return str(ipaddress.ip_network(str(value).strip()))
        except ValueError as problem:
            raise ValidationError(
                _("This is not a network such as 10.20.0.0/16."), code="not_a_network"
            ) from problem

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else str(value)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **kwargs)


class Site(models.Model):
    """A place of work."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    region = models.CharField(_("region"), max_length=32)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Network(models.Model):
    """A network of a site. The narrowest network that holds an address says its site, zone and region."""

    cidr = CidrField(_("network"), unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="networks", verbose_name=_("site"))
    zone = models.SlugField(_("zone"), max_length=32)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ("cidr",)

    def __str__(self) -> str:
        return str(self.cidr)

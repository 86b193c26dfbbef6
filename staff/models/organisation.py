"""Who is answerable for the customers' information: the controller of every notice (PIPL 17, 52)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models.people import Person

THE_ONE = 1


class Organisation(models.Model):
    """The one organisation of this installation, as its customers may know it. Nothing here is secret."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160)
    address = models.CharField(_("postal address"), max_length=200)
    email = models.EmailField(_("published e-mail"), max_length=120)
    phone = models.CharField(_("published phone"), max_length=40)
    officer_name = models.CharField(_("responsible officer"), max_length=80)
    officer_contact = models.CharField(_("contact of the officer"), max_length=120)
    officer = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the officer's account"),
    )
    officer_filed_on = models.DateField(_("officer filed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(id=THE_ONE), name="there is one organisation"),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en="") & ~Q(address="") & ~Q(email="") & ~Q(phone=""),
                name="the organisation can be named and reached",
            ),
            models.CheckConstraint(
                condition=~Q(officer_name="") & ~Q(officer_contact=""),
                name="the responsible officer can be named and reached",
            ),
        )

    def __str__(self) -> str:
        return self.name_zh

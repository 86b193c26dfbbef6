"""The tree of departments, and the people in it. There is no superuser column: no account sees everything."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.permissions import may

if TYPE_CHECKING:
    from staff.queries import Standing
    from trail.actor import Actor


class Department(models.Model):
    """One part of the organisation. Its heads sign for the people in it."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("parent department"),
        null=True,
        blank=True,
        related_name="children",
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=~Q(parent=F("id")), name="a_department_is_not_its_own_parent"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PersonSet(models.QuerySet["Person"]):
    """Selections by job state; the state is computed from dates, never stored."""

    def working(self, at: datetime) -> "PersonSet":
        """Return those who have joined and neither left nor run out at `at`."""
        return self.filter(
            Q(left_at__isnull=True) | Q(left_at__gt=at),
            Q(valid_until__isnull=True) | Q(valid_until__gt=at),
            joined_at__lte=at,
        )


class People(BaseUserManager["Person"]):
    """Makes people without any way to log in; a one-time enrolment sets password and factor."""

    def get_queryset(self) -> PersonSet:
        return PersonSet(self.model, using=self._db)

    def working(self, at: datetime) -> PersonSet:
        """Return those who work at `at`."""
        return self.get_queryset().working(at)

    def create_user(self, number: str, name: str, password: str | None = None, **facts: Any) -> "Person":
        """Create a person; without `password` the account cannot log in until enrolled."""
        person = Person(number=number, name=name, **facts)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the one account with this number that has not left."""
        return self.get(number=username, left_at__isnull=True)


class Person(PermissionsMixin, AbstractBaseUser):
    """A member of staff or a time-boxed outsider.

    `left_at` is the moment of leaving, never a day to come; `valid_until` ends an outsider's account by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(
        _("staff number"),
        max_length=32,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z", _("Letters, digits, dot, dash, underscore only.")
            )
        ],
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    email = models.EmailField(_("mail address"), blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), related_name="people"
    )
    joined_at = models.DateTimeField(_("joined on"))
    moved_at = models.DateTimeField(_("moved on"), null=True, blank=True)
    left_at = models.DateTimeField(_("left on"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    password_set_at = models.DateTimeField(_("password set"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo person"), default=False, editable=False)

    # SECURITY: removes the inherited column, so that nothing can store a superuser.
    is_superuser = property(lambda self: False)

    objects = People()

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    acting: "Actor | None" = None
    """Who this person is in the current request; set by the middleware, the source of admin rights."""
    standing: "Standing | None" = None
    """What this person was when the request came; set where the session's person is read."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("number",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                models.functions.Upper("number"),
                condition=Q(left_at__isnull=True),
                name="one_active_account_per_staff_number",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
                name="nobody_leaves_before_joining",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account exists for the framework; the exact state at a time is `queries.person_state`."""
        return self.left_at is None

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets this person in: computed from the roles of the current request."""
        return self.acting is not None and may(self.acting, "admin.enter")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer for a model from the roles of the current request, for a single object always no.

        SECURITY: rows in `user_permissions` or groups give nothing; one table in code does. Guardian's rows are
        answered by `customers.reach` alone, which knows when they end.
        """
        if obj is not None:
            return False
        needed = settings.MODEL_PERMISSIONS.get(perm)
        return needed is not None and self.is_staff and may(self.acting, needed)  # type: ignore[arg-type]

    def has_module_perms(self, app_label: str) -> bool:
        """Answer whether any model of an app is open in the admin."""
        return any(
            self.has_perm(perm) for perm in settings.MODEL_PERMISSIONS if perm.startswith(f"{app_label}.")
        )

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

"""People, departments, and what people hold."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import staff.models.enrolments
import staff.models.places
import staff.models.rights


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("region", models.CharField(max_length=32, verbose_name="region")),
            ],
            options={
                "verbose_name": "site",
                "verbose_name_plural": "sites",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="staff.department",
                        verbose_name="parent department",
                    ),
                ),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "number",
                    models.CharField(
                        max_length=32,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\\Z",
                                "Letters, digits, dot, dash, underscore only.",
                            )
                        ],
                        verbose_name="staff number",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="mail address")),
                ("joined_at", models.DateTimeField(verbose_name="joined on")),
                ("moved_at", models.DateTimeField(blank=True, null=True, verbose_name="moved on")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left on")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                (
                    "password_set_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="password set"),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="demo person")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="staff.department",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ("number",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=staff.models.enrolments.purposes, max_length=8, verbose_name="what is set"
                    ),
                ),
                ("mail_to", models.EmailField(blank=True, max_length=254, verbose_name="sent to")),
                ("link_for", models.UUIDField(blank=True, null=True, verbose_name="link for")),
                ("code_for", models.UUIDField(blank=True, null=True, verbose_name="code for")),
                ("token_digest", models.BinaryField(max_length=32, null=True)),
                ("code_digest", models.BinaryField(max_length=32, null=True)),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0, verbose_name="wrong codes")),
                (
                    "most_wrong",
                    models.PositiveSmallIntegerField(default=5, verbose_name="wrong codes allowed"),
                ),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="used at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "proposal",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="proposal"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "enrolment",
                "verbose_name_plural": "enrolments",
                "ordering": ("-created_at",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Freeze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="frozen at")),
                ("by_number", models.CharField(max_length=32, verbose_name="frozen by")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="undone at")),
                (
                    "proposal",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="proposal"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="freezes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "freeze",
                "verbose_name_plural": "freezes",
                "ordering": ("-at",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Headship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="held since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="held until")),
                (
                    "proposal",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="proposal"),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="headships",
                        to="staff.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="headships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "headship",
                "verbose_name_plural": "headships",
                "ordering": ("department", "since"),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code of the message")),
                ("params", models.JSONField(default=dict, verbose_name="parameters")),
                ("link", models.CharField(blank=True, max_length=200, verbose_name="link")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ("-created_at",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RoleHolding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=staff.models.rights.role_choices, max_length=16, verbose_name="role"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="held since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="held until")),
                (
                    "proposal",
                    models.UUIDField(blank=True, editable=False, null=True, verbose_name="proposal"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "role of a person",
                "verbose_name_plural": "roles of people",
                "ordering": ("person", "role", "since"),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Network",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cidr", staff.models.places.CidrField(unique=True, verbose_name="network")),
                ("zone", models.SlugField(max_length=32, verbose_name="zone")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="networks",
                        to="staff.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "network",
                "verbose_name_plural": "networks",
                "ordering": ("cidr",),
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("course", models.CharField(max_length=80, verbose_name="course")),
                ("passed_at", models.DateTimeField(verbose_name="passed on")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "training",
                "verbose_name_plural": "trainings",
                "ordering": ("person", "-passed_at"),
            },
        ),
        migrations.CreateModel(
            name="Undertaking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=32, verbose_name="version of the text")),
                ("signed_at", models.DateTimeField(verbose_name="signed on")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undertakings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "confidentiality undertaking",
                "verbose_name_plural": "confidentiality undertakings",
                "ordering": ("person", "-signed_at"),
            },
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True),
                name="a_department_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("number"),
                condition=models.Q(("left_at__isnull", True)),
                name="one_active_account_per_staff_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_at__isnull", True), ("left_at__gte", models.F("joined_at")), _connector="OR"
                ),
                name="nobody_leaves_before_joining",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(fields=("token_digest",), name="an_enrolment_link_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mail_to", ""), _negated=True), ("link_for__isnull", False), _connector="OR"
                ),
                name="an_enrolment_link_goes_to_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("person",),
                name="a_person_is_frozen_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="headship",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("department", "person"),
                name="a_headship_is_held_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="headship",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="a_headship_ends_after_it_began",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["person", "-created_at"], name="staff_notes_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="roleholding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("person", "role"),
                name="a_role_is_held_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="a_role_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleholding",
            constraint=models.CheckConstraint(
                condition=models.Q(("role", "head"), _negated=True), name="head_is_never_given_as_a_role"
            ),
        ),
    ]

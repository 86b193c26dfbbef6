"""Usage requests, their numbers, what ended them early and what was used of them. None of it is ever rewritten."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import access.models.requests

KEEP = """
create function access_stays() returns trigger language plpgsql as $$
begin raise exception 'what was asked, allowed and used is never rewritten'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on access_{table}
  for each row execute function access_stays();
alter table access_{table} enable always trigger it_stays;
"""
    for table in ("usagerequest", "revocation", "grantuse")
)
LET_GO = (
    "".join(
        f"drop trigger it_stays on access_{table};\n" for table in ("usagerequest", "revocation", "grantuse")
    )
    + "drop function access_stays();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_rules_stay"),
    ]

    operations = [
        migrations.RunSQL("create sequence access_request_number", "drop sequence access_request_number"),
        migrations.CreateModel(
            name="UsageRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("access_request_number"), function="nextval"),
                        editable=False,
                        unique=True,
                        verbose_name="number of the request",
                    ),
                ),
                ("proposal", models.UUIDField(unique=True, verbose_name="proposal")),
                ("applicant_id", models.UUIDField(verbose_name="applicant")),
                (
                    "applicant_number",
                    models.CharField(max_length=32, verbose_name="staff number of the applicant"),
                ),
                ("applicant_name", models.CharField(max_length=80, verbose_name="name of the applicant")),
                ("department", models.CharField(max_length=32, verbose_name="department")),
                ("purpose", models.CharField(max_length=40, verbose_name="purpose")),
                (
                    "scenario",
                    models.CharField(
                        choices=access.models.requests.scenarios,
                        max_length=12,
                        verbose_name="scenario of use",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="fields"
                    ),
                ),
                (
                    "customers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="customers"
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), size=None, verbose_name="customer tiers"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="highest level")),
                ("selection", models.CharField(max_length=8, verbose_name="how customers were chosen")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "output",
                    models.CharField(
                        choices=access.models.requests.outputs, max_length=8, verbose_name="output"
                    ),
                ),
                ("uses", models.PositiveIntegerField(verbose_name="values")),
                (
                    "without_consent",
                    models.PositiveIntegerField(default=0, verbose_name="customers without consent"),
                ),
                ("reason", models.UUIDField(verbose_name="sealed reason")),
                (
                    "justification",
                    models.UUIDField(blank=True, null=True, verbose_name="sealed justification"),
                ),
                (
                    "attachments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="attachments",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "extends",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="access.usagerequest",
                    ),
                ),
                (
                    "narrows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="narrowed",
                        to="access.usagerequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "usage request",
                "verbose_name_plural": "usage requests",
                "ordering": ("-number",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="revocation",
                        serialize=False,
                        to="access.usagerequest",
                    ),
                ),
                ("by_id", models.UUIDField(verbose_name="revoked by")),
                ("by_number", models.CharField(max_length=32, verbose_name="staff number")),
                ("reason", models.UUIDField(verbose_name="sealed reason")),
                ("at", models.DateTimeField(verbose_name="revoked at")),
            ],
            options={
                "verbose_name": "revocation of a grant",
                "verbose_name_plural": "revocations of grants",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="GrantUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer", models.UUIDField(verbose_name="customer")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("event", models.BigIntegerField(verbose_name="event")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used",
                        to="access.usagerequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a grant",
                "verbose_name_plural": "uses of grants",
                "default_permissions": ("view",),
            },
        ),
        migrations.AddIndex(
            model_name="usagerequest",
            index=models.Index(fields=["applicant_id", "-ends_at"], name="requests_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="usagerequest",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["customers"], name="requests_about_a_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="a_request_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("output__in", ("screen", "export"))),
                name="a_request_is_for_screen_or_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("scenario__in", ("service", "departments", "analysis"))),
                name="a_request_has_a_scenario",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("customers__len__gte", 1), ("customers__len__lte", 2000)),
                name="a_request_names_one_to_2000_customers",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("fields__len__gte", 1), ("uses__gte", 1)),
                name="a_request_asks_for_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", 1), ("level__lte", 3)), name="l4_is_asked_for_elsewhere"
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("without_consent", 0), ("justification__isnull", False), _connector="OR"),
                name="customers_without_consent_are_justified",
            ),
        ),
        migrations.AddIndex(
            model_name="grantuse",
            index=models.Index(fields=["request", "customer"], name="uses_of_a_request"),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]

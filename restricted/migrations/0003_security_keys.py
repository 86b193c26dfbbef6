"""A security key as a factor, and the challenges that were answered: none is forgotten, so none counts twice."""

from django.db import migrations, models

ROLE = "custinfo_restricted"


class Migration(migrations.Migration):
    dependencies = [("restricted", "0002_rows_that_stay")]

    operations = [
        migrations.CreateModel(
            name="UsedChallenge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddField(
            model_name="factor", name="kind", field=models.CharField(default="totp", max_length=8)
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("totp", "webauthn"))), name="a_factor_is_an_app_or_a_key"
            ),
        ),
        migrations.RunSQL(
            f"revoke update, delete, truncate on restricted_usedchallenge from {ROLE}",
            f"grant update, delete on restricted_usedchallenge to {ROLE}",
        ),
    ]

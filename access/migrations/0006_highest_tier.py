"""A reading rule says how high a customer tier it reaches (S4-55); those of before reach every tier."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_exports_under_grants")]

    operations = [
        migrations.AddField(
            model_name="readingrule",
            name="highest_tier",
            field=models.CharField(
                blank=True, default="", max_length=20, verbose_name="highest customer tier"
            ),
        ),
        migrations.AddConstraint(
            model_name="readingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("highest_tier", ""),
                    models.Q(
                        ("forbid", False),
                        ("highest_tier__in", ("standard", "premium", "vip")),
                        ("tier", ""),
                    ),
                    _connector="OR",
                ),
                name="a_rule_reaches_up_to_a_tier_or_speaks_of_one",
            ),
        ),
    ]

"""The restricted host asks who people are now, so that leavers are refused there, and tells those who have to sign."""

from django.db import migrations

from trail.restricted_role import restricted_may

READ = (
    "staff_person",
    "staff_department",
    "staff_roleholding",
    "staff_headship",
    "staff_freeze",
    "staff_site",
    "staff_network",
    "staff_undertaking",
    "staff_training",
    "staff_requiredcourse",
)


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0007_duties"),
        ("trail", "0004_restricted_host_appends"),
    ]

    operations = [
        restricted_may("select", *READ),
        restricted_may("insert", "staff_notification"),
    ]

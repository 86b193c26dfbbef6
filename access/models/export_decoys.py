"""What gives an export away: keyed digests of the decoy rows that it carries."""

from django.db import models


class ExportDecoy(models.Model):
    """One digest of one decoy row of an export; the row itself is in the file alone. Never edited, never deleted.

    `row` counts the decoy rows of the export from 0, so that several digests of one row count once.
    """

    export = models.ForeignKey("access.Export", models.PROTECT, related_name="decoys")
    row = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("digest",), name="a_decoy_row_is_of_one_export"),
        ]

    def __str__(self) -> str:
        return f"decoy {self.row} of {self.export_id}"

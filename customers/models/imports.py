"""What an import refused or left out: places and codes, never a value."""

from __future__ import annotations

from django.db import models


class ImportProblem(models.Model):
    """Why one cell or row of an import was refused: place and code, never the value."""

    job = models.UUIDField()
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True, default="")
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("job", "line"), name="import_problem_by_line")]


class LeftOutColumn(models.Model):
    """A column that an import left out though it looks like values of L3: name, kind and counts, never a value."""

    job = models.UUIDField()
    index = models.PositiveSmallIntegerField()
    header = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    values = models.PositiveBigIntegerField()
    hits = models.PositiveBigIntegerField()
    passed = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("job", "index", "kind"), name="a column is left out of an import once"
            ),
        ]

"""Sealed files in chunks, and sealed texts: what may hold a customer's value and is no field of a record."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Substr

from vault.constraints import SealedBytes, SealedValue
from vault.deposit import AGE, longest_sealed
from vault.opening import FILES

MAX_DEPOSIT_BYTES = 10 * 1024 * 1024


class Files(models.QuerySet["SealedFile"]):
    """Files by what dates tell of them."""

    def readable(self, at: datetime) -> "Files":
        """Return files within their term. The term counts, not whether a job has destroyed the key yet."""
        return self.filter(keep_until__gt=at, destroyed_at=None)

    def over(self, at: datetime) -> "Files":
        """Return files past their term whose key still waits to be destroyed."""
        return self.filter(keep_until__lte=at, destroyed_at=None)


class SealedFile(models.Model):
    """One file, sealed under a data key of its own; its name is sealed too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    purpose = models.CharField(max_length=64)
    domain = models.CharField(max_length=16, default=FILES)
    owner_id = models.UUIDField(null=True, db_index=True)
    subject = models.UUIDField(null=True, db_index=True)
    job_id = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    chunks = models.PositiveIntegerField(default=0)
    sha256 = models.BinaryField()
    created_at = models.DateTimeField()
    keep_until = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    objects = Files.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["keep_until"], condition=Q(destroyed_at=None), name="held_files_by_term"),
        ]
        constraints = [SealedValue("name", name="the_name_of_a_file_is_sealed")]

    def __str__(self) -> str:
        return f"file {self.id}"


class FileChunk(models.Model):
    """A part of a sealed file, about a megabyte."""

    file = models.ForeignKey(SealedFile, models.CASCADE)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="chunks_of_a_file_are_numbered"),
            SealedBytes("sealed", name="a_chunk_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.file_id}"


class SealedText(models.Model):
    """A typed reason or note, sealed under its customer's key where there is one, else under its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(null=True, db_index=True)
    about = models.CharField(max_length=64)
    writer_id = models.UUIDField(null=True, db_index=True)
    department = models.CharField(max_length=64, blank=True, default="")
    readers = ArrayField(models.UUIDField(), default=list, blank=True)
    concerns = ArrayField(models.UUIDField(), default=list, blank=True)
    """Customers whom words under a key of their own concern: words of a case, a reported problem."""
    sealed = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [SealedValue("sealed", name="a_text_is_sealed")]
        indexes = [
            GinIndex(fields=("concerns",), name="texts_by_whom_they_concern", condition=~Q(concerns=[]))
        ]

    def __str__(self) -> str:
        return f"text {self.id}"


class Deposits(models.QuerySet["Deposit"]):
    """Deposits by whether the worker has dealt with them."""

    def waiting(self) -> "Deposits":
        """Return what the worker has not yet taken in or refused."""
        return self.filter(taken_at=None)


class Deposit(models.Model):
    """What a public page handed over, sealed to the worker's key; once dealt with, only its traces stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=64)
    reference = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    sha256 = models.BinaryField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=32, blank=True, default="")

    objects = Deposits.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["created_at"], condition=Q(taken_at=None), name="waiting_deposits_by_age")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at__isnull=False)
                | Q(
                    models.lookups.Exact(
                        Substr("sealed", 1, len(AGE)), models.Value(AGE, output_field=models.BinaryField())
                    )
                ),
                name="a_deposit_is_sealed",
            ),
            models.CheckConstraint(
                condition=models.lookups.LessThanOrEqual(Length("sealed"), longest_sealed(MAX_DEPOSIT_BYTES)),
                name="a_deposit_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(models.lookups.Exact(Length("sealed"), 0)),
                name="a_deposit_dealt_with_is_gone",
            ),
        ]

    def __str__(self) -> str:
        return f"deposit {self.id}"


class ApartDeposits(models.QuerySet["ApartDeposit"]):
    """Deposits to L4 by what the restricted host has said of them."""

    def waiting(self) -> "ApartDeposits":
        """Return what the restricted host has not yet taken in or refused."""
        return self.filter(taken_at=None)


class ApartDeposit(models.Model):
    """The fact that a value was handed over to L4 (S0-24): whose, which field, by whom. The value opens elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    field = models.CharField(max_length=40)
    reference = models.UUIDField(null=True, unique=True)
    portfolio = models.CharField(max_length=32, blank=True, default="")
    region = models.CharField(max_length=32, blank=True, default="")
    by_id = models.UUIDField(null=True)
    by_number = models.CharField(max_length=32, blank=True, default="")
    size = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=32, blank=True, default="")

    objects = ApartDeposits.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["created_at"], condition=Q(taken_at=None), name="apart_deposits_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(refused="") | Q(taken_at__isnull=False),
                name="a_refused_deposit_is_dealt_with",
            ),
        ]

    def __str__(self) -> str:
        return f"deposit {self.id}"


class ApartPart(models.Model):
    """A part of a deposit on its way, sealed to the restricted host; gone once it has been taken in."""

    deposit = models.ForeignKey(ApartDeposit, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["deposit", "number"], name="parts_of_a_deposit_are_numbered"),
            models.CheckConstraint(
                condition=Q(number__gt=0)
                | Q(
                    models.lookups.Exact(
                        Substr("sealed", 1, len(AGE)), models.Value(AGE, output_field=models.BinaryField())
                    )
                ),
                name="a_deposit_to_l4_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.deposit_id}"


class ApartOrder(models.Model):
    """An order to the restricted host to destroy one value, and when it said that it had."""

    deposit = models.OneToOneField(ApartDeposit, models.PROTECT, primary_key=True, related_name="order")
    why = models.CharField(max_length=64)
    by_id = models.UUIDField(null=True)
    by_number = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"order {self.deposit_id}"


class ApartEnding(models.Model):
    """An entry of the destruction journal, told to the restricted host after a restore, and when it had nothing of it.

    Data from before may know no deposit to order destroyed. `subject`: a value, or a customer, of whom these fields go
    or, where none is named, everything; of a customer who stays, what was handed over until then.
    """

    entry = models.BigIntegerField(primary_key=True)
    subject = models.UUIDField(db_index=True)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["entry"], condition=Q(done_at=None), name="apart_endings_waiting"),
        ]

    def __str__(self) -> str:
        return f"ending {self.entry}"


class ApartPulse(models.Model):
    """When the restricted host was last here, and whether its key was: all that the main site knows of how it is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField()
    sealed = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_restricted_host")]

    def __str__(self) -> str:
        return "pulse"


class ApartSealing(models.Model):
    """An order to the restricted host to open nothing any more. It is lifted there, never here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by_number = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"order to seal {self.id}"


class ApartRestriction(models.Model):
    """What of whom is only stored, as the restricted host may know it: a view over `customers`, made there.

    It names nobody but by UUID, and tells nothing twice: a restriction counts on that host at the moment it is written.
    """

    id = models.BigIntegerField(primary_key=True)
    subject = models.UUIDField()
    field = models.CharField(max_length=40)
    basis = models.CharField(max_length=20)
    kept_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.field or 'everything'} of {self.subject}"

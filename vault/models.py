"""The keyring: wrapped data keys, in a database of their own. No value lies here, and no key in the clear."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length, Now

WRAPPED_BYTES = 12 + 32 + 16
CREATED, PROMOTED, RETIRED, COMPROMISED = "created", "promoted", "retired", "compromised"
MINIMUM, DESTROYED = "minimum", "destroyed"
KEK_FACTS = (CREATED, PROMOTED, RETIRED, COMPROMISED, MINIMUM, DESTROYED)
"""What can be said of a KEK version, each once. `minimum`: from now on no lower version unwraps."""


class DataKey(models.Model):
    """One wrapped data key: seals the values of one subject in one domain."""

    pk = models.CompositePrimaryKey("subject", "domain", "version")
    subject = models.UUIDField()
    domain = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    kek_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["kek_version"], name="datakey_by_kek")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__gte=1) & models.Q(kek_version__gte=1),
                name="versions_of_a_data_key_start_at_one",
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("wrapped"), WRAPPED_BYTES),
                name="a_data_key_is_wrapped",
            ),
        ]

    def __str__(self) -> str:
        return f"data key {self.domain} v{self.version}"


class Deployment(models.Model):
    """The one row that names this deployment; sealed values are bound to it. The first migration wrote it."""

    id = models.UUIDField(primary_key=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)


class Generation(models.Model):
    """The one row whose number rises when a key is destroyed; unwrapped keys are bound to it."""

    number = models.BigIntegerField(primary_key=True)

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)


class KekUse(models.Model):
    """How many data keys each KEK has wrapped in its life; rotate long before 2^32 (NIST SP 800-38D)."""

    kek_version = models.PositiveIntegerField(primary_key=True)
    wraps = models.BigIntegerField(default=0)
    first_used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"KEK v{self.kek_version}"


class SealOrder(models.Model):
    """An order to seal the site at once. It holds until an unsealing names it or a later one."""

    number = models.BigAutoField(primary_key=True)
    given_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"order {self.number}"


class Unsealing(models.Model):
    """The keys were brought again after an order to seal."""

    seal_order = models.BigIntegerField()
    lifted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["seal_order"], name="unsealing_by_order")]

    def __str__(self) -> str:
        return f"unsealed after order {self.seal_order}"


class JournalEntry(models.Model):
    """What was destroyed: a subject's fields, or all of it where `fields` is empty. A trigger lets nobody edit it.

    It lies here and not in the data, so that a restored backup of the data meets what was destroyed since.
    """

    at = models.DateTimeField()
    record = models.UUIDField()
    subject = models.UUIDField(db_index=True)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("record", "subject", "fields"), name="a_subject_is_destroyed_once_per_record"
            )
        ]

    def __str__(self) -> str:
        return f"journal {self.pk}"


class Tombstone(models.Model):
    """A keyed digest of what an erased customer was known by, so that nobody brings them back unnoticed."""

    digest = models.BinaryField(db_index=True)
    index = models.CharField(max_length=40)
    subject = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("subject", "index"), name="a_subject_has_a_tombstone_per_index"),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("digest"), 32), name="a_tombstone_is_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"tombstone {self.pk}"


class KekFact(models.Model):
    """What became of a KEK version. Rows are only ever added; what is so now is computed from them (`vault.keks`)."""

    version = models.PositiveIntegerField()
    fact = models.CharField(max_length=12)
    at = models.DateTimeField()
    proposal = models.UUIDField()

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["version", "fact"], name="a_kek_fact_happens_once"),
            models.CheckConstraint(
                condition=models.Q(version__gte=1) & models.Q(fact__in=KEK_FACTS),
                name="a_kek_fact_is_a_known_one",
            ),
        ]

    def __str__(self) -> str:
        return f"KEK v{self.version} {self.fact}"


class SuiteUse(models.Model):
    """Since when a suite seals; the newest row counts, and none is ever changed. Without a row it is suite 1."""

    suite = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"suite {self.suite}"


class EpochFact(models.Model):
    """What became of an index epoch, and when; rows are only ever added."""

    CREATED, SUPERSEDED, DESTROYED = "created", "superseded", "destroyed"

    epoch = models.PositiveSmallIntegerField()
    fact = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("epoch", "fact"), name="an_epoch_comes_and_goes_once"),
            models.CheckConstraint(
                condition=models.Q(fact__in=("created", "superseded", "destroyed")),
                name="an_epoch_is_created_superseded_or_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"epoch {self.epoch} {self.fact}"

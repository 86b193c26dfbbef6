"""L4 values, and whatever lets one out: sessions, factors, requests with their signatures, openings, keys and seals.

All of it in the `restricted` database, because whoever owns the main site can write anything there. People are
known by their UUID, customers by theirs; no relation leaves this database.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from vault.constraints import SealedBytes, SealedValue
from vault.models import KEK_FACTS, WRAPPED_BYTES

TOTP, WEBAUTHN = FACTORS = ("totp", "webauthn")
HEAD_SEAT, OFFICER_SEAT = SEATS = ("head", "officer")
DIGEST_BYTES = 32


class Deployment(models.Model):
    """The one row that names this restricted host; sealed values are bound to it. The first migration wrote it."""

    id = models.UUIDField(primary_key=True, editable=False)

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)


class Value(models.Model):
    """One L4 value of a customer: a text or a file, sealed in parts; its name is sealed too."""

    id = models.UUIDField(primary_key=True, editable=False)
    subject = models.UUIDField()
    field = models.CharField(max_length=40)
    media_type = models.CharField(max_length=40)
    name = models.BinaryField()
    size = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    portfolio = models.CharField(max_length=32, blank=True, default="")
    region = models.CharField(max_length=32, blank=True, default="")
    by_number = models.CharField(max_length=32, blank=True, default="")
    deposited_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [SealedBytes("name", name="the_name_of_an_l4_value_is_sealed")]

    def __str__(self) -> str:
        return f"value {self.id}"


class ValuePart(models.Model):
    """A part of a value, about a megabyte."""

    value = models.ForeignKey(Value, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["value", "number"], name="parts_of_an_l4_value_are_numbered"),
            SealedBytes("sealed", name="a_part_of_an_l4_value_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.value_id}"


class DataKey(models.Model):
    """The wrapped data key of one value. Destroying it destroys every copy of the value (crypto-shred)."""

    value = models.OneToOneField(Value, models.PROTECT, primary_key=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    kek_version = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("wrapped"), WRAPPED_BYTES),
                name="the_data_key_of_an_l4_value_is_wrapped",
            )
        ]

    def __str__(self) -> str:
        return f"data key of {self.value_id}"


class Enrolment(models.Model):
    """A one-time code that a custodian handed over in person; only its digest is here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField()
    number = models.CharField(max_length=32)
    roles = ArrayField(models.CharField(max_length=16))
    code_sha256 = models.BinaryField(unique=True)
    secret = models.TextField(blank=True, default="")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("code_sha256"), DIGEST_BYTES),
                name="an_enrolment_keeps_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="an_enrolment_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.id}"


class Factor(models.Model):
    """A person's factor for this host, an app or a security key, and the roles that they were enrolled here with.

    `secret` is the app's key or the public key of a security key; `last_step` the last half minute that was used, or
    how often the security key had signed.
    """

    person = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32)
    roles = ArrayField(models.CharField(max_length=16))
    kind = models.CharField(max_length=8, default=TOTP)
    secret = models.TextField()
    last_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            SealedValue("secret", name="the_secret_of_a_factor_is_sealed"),
            models.CheckConstraint(condition=Q(kind__in=FACTORS), name="a_factor_is_an_app_or_a_key"),
        ]

    def __str__(self) -> str:
        return f"factor of {self.person}"


class UsedChallenge(models.Model):
    """A challenge that a security key answered: none counts twice."""

    digest = models.BinaryField(unique=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"challenge {self.pk}"


class Attempt(models.Model):
    """One try of a password, a code or an enrolment: counted before it is compared."""

    person = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    at = models.DateTimeField()
    passed = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["person", "at"], name="attempts_of_a_person"),
            models.Index(fields=["ip", "at"], name="attempts_from_an_address"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Session(models.Model):
    """A login here. The row knows the digest of the cookie; idle or over-long is computed when read (law 7)."""

    digest = models.BinaryField(primary_key=True)
    person = models.UUIDField(db_index=True)
    ip = models.GenericIPAddressField(null=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    factor_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"session of {self.person}"


class Request(models.Model):
    """What somebody asks to see, for a time. Never edited: another content is another request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    value = models.ForeignKey(Value, models.PROTECT, related_name="requests")
    applicant = models.UUIDField()
    applicant_number = models.CharField(max_length=32)
    applicant_name = models.CharField(max_length=80)
    department = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    reason = models.BinaryField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            SealedBytes("reason", name="the_reason_of_a_request_is_sealed"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_request_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.id}"


class Signature(models.Model):
    """What a signer said of a request, with the hash of the content as it was then."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="signatures")
    seat = models.CharField(max_length=8)
    person = models.UUIDField()
    number = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    accepted = models.BooleanField()
    content_sha256 = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["request", "seat"], name="a_seat_signs_a_request_once"),
            models.UniqueConstraint(fields=["request", "person"], name="nobody_signs_a_request_twice"),
            models.CheckConstraint(condition=Q(seat__in=SEATS), name="a_signature_has_a_known_seat"),
        ]

    def __str__(self) -> str:
        return f"signature of {self.request_id}"


class Opening(models.Model):
    """A value that was shown: to whom, on which request or reason, with which code, under which event."""

    value = models.ForeignKey(Value, models.PROTECT, related_name="openings")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="openings")
    person = models.UUIDField()
    number = models.CharField(max_length=32)
    step = models.BigIntegerField()
    reason = models.BinaryField(null=True)
    event = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "step"], name="one_code_opens_one_value"),
            SealedBytes("reason", name="the_reason_of_an_opening_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class SealOrder(models.Model):
    """An order to open nothing: given here, or by the main site (`main` is its number there)."""

    number = models.BigAutoField(primary_key=True)
    main = models.UUIDField(null=True, unique=True)
    by_number = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"order {self.number}"


class Unsealing(models.Model):
    """Whoever looks after this host opened it again, after this order and those before it."""

    seal_order = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"opened after order {self.seal_order}"


class KeyAct(models.Model):
    """An act on a version of this host's master key that a custodian proposes. Another custodian answers it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fact = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    person = models.UUIDField()
    number = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(version__gte=1) & Q(fact__in=KEK_FACTS), name="a_key_act_is_a_known_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} v{self.version}"


class KeyAnswer(models.Model):
    """What the second custodian said, with the hash of the act as it was then."""

    act = models.OneToOneField(KeyAct, models.PROTECT, primary_key=True, related_name="answer")
    person = models.UUIDField()
    number = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    accepted = models.BooleanField()
    content_sha256 = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"answer to {self.act_id}"


class KekFact(models.Model):
    """What became of a version of this host's master key, and under which act; what is so now is computed."""

    version = models.PositiveIntegerField()
    fact = models.CharField(max_length=12)
    act = models.OneToOneField(KeyAct, models.PROTECT, related_name="done")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["version", "fact"], name="a_fact_of_an_l4_key_happens_once")
        ]

    def __str__(self) -> str:
        return f"KEK v{self.version} {self.fact}"

    @property
    def proposal(self) -> uuid.UUID:
        """The number of the act that two custodians agreed on."""
        return self.act_id

"""Notices with their published versions, and the answers of customers to them.

A subject is an opaque UUID (`Customer.ref`); this app knows nothing of customers. Everything but a draft is
append-only: triggers refuse changes, and what counts at a time is asked of the rows, never stored (law 7).
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from classification.models import in_active_language, is_code

NOTICE, POLICY = "notice", "policy"
LANGUAGES = ("zh-hans", "en")
CHANNELS = ("counter", "online", "phone", "paper")
GIVEN, REFUSED, WITHDRAWN, REVOKED = ANSWERS = ("given", "refused", "withdrawn", "revoked")
"""Withdraw is the customer, revoke is the handler (DPV)."""
PAPER, CHECKBOX, POPUP, CALL, DECISION = METHODS = ("paper", "checkbox", "popup", "call", "decision")
DESK, LINK, IMPORT = SOURCES = ("desk", "link", "import")
SIGNED_FILE, SCREENSHOT, RECORDING, SYSTEM_LOG = EVIDENCE = (
    "signed_file",
    "screenshot",
    "recording",
    "system_log",
)


def channels() -> list[tuple[str, object]]:
    """Return where a notice is shown."""
    return [
        ("counter", _("at the counter")),
        ("online", _("online")),
        ("phone", _("on the phone")),
        ("paper", _("on paper")),
    ]


class Notice(models.Model):
    """A privacy notice of one channel, or the security policy; what it says is its published versions."""

    code = models.CharField(_("code"), primary_key=True, max_length=40, validators=[is_code], editable=False)
    kind = models.CharField(_("kind of text"), max_length=10, default=NOTICE)
    channel = models.CharField(_("channel"), max_length=10, choices=channels)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ("kind", "code")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=(NOTICE, POLICY)), name="a text is a notice or a policy"
            ),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="a notice has a known channel"),
        ]

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)

    @property
    def names(self) -> dict[str, str]:
        """The name by language."""
        return {"zh-hans": self.name_zh, "en": self.name_en}


class NoticeDraft(models.Model):
    """What is being written for the next version; the only row of this app that is edited."""

    notice = models.OneToOneField(Notice, models.CASCADE, primary_key=True, related_name="draft")
    typed = models.JSONField(default=dict)
    purposes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    renews = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    writer_id = models.UUIDField()
    writer_number = models.CharField(max_length=32)
    written_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.notice_id


class NoticeVersion(models.Model):
    """One published version of a notice: for ever as it was signed.

    `purposes` is what each purpose was when it was published; `renews` names those whose earlier consents no
    longer count.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    purposes = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    renews = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    published_at = models.DateTimeField(_("published at"))
    proposal = models.UUIDField()

    class Meta:
        verbose_name = _("published version of a notice")
        verbose_name_plural = _("published versions of notices")
        ordering = ("notice", "-number")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("notice", "number"), name="a notice numbers its versions once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.number}"


class NoticeText(models.Model):
    """One version in one language, with the SHA-256 of its canonical text."""

    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    sections = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("version", "language"), name="a version speaks a language once"),
            models.CheckConstraint(
                condition=Q(language__in=LANGUAGES), name="a notice speaks a known language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class ConsentLink(models.Model):
    """A one-time link through which a customer answers. The database knows only the digest of its token.

    `address_since`: when the address that it was sent to was collected, or the checked value that replaced another,
    so that no later change hides that it was new.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_sha256 = models.BinaryField(unique=True)
    subject = models.UUIDField(db_index=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="+")
    purposes = ArrayField(models.CharField(max_length=40))
    language = models.CharField(max_length=10)
    check_field = models.CharField(max_length=40)
    check_kind = models.CharField(max_length=30)
    check_names = models.JSONField(default=dict)
    check_mac = models.BinaryField()
    via = models.CharField(max_length=10)
    via_field = models.CharField(max_length=40, blank=True, default="")
    address_since = models.DateTimeField(null=True)
    takes_file = models.BooleanField(default=False)
    made_by_id = models.UUIDField()
    made_by_number = models.CharField(max_length=32)
    contact = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(via__in=("mail", "print")), name="a link is sent or printed"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="a link ends after it began"
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.id}"


class LinkTry(models.Model):
    """One try of the check that guards a link: counted before it is compared."""

    link = models.ForeignKey(ConsentLink, models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    passed = models.BooleanField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"try of {self.link_id}"


class Receipt(models.Model):
    """What a link was used up by: the answers given at once. There is one for a link, so a link is used once."""

    link = models.OneToOneField(ConsentLink, models.PROTECT, primary_key=True, related_name="receipt")
    token_sha256 = models.BinaryField(unique=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"receipt of {self.link_id}"


class ConsentRecord(models.Model):
    """One answer of a subject to one purpose of one published version, with its circumstances.

    `effective_at` is when the customer answered, `at` when it was recorded. `fields` are those it covers; the
    sensitive ones among them only where `separate` is set (PIPL 29). Whether it counts is decided at the read.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=40)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="records")
    language = models.CharField(max_length=10)
    answer = models.CharField(max_length=10)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    separate = models.BooleanField(default=False)
    written = models.BooleanField(default=False)
    method = models.CharField(max_length=10)
    guardian = models.UUIDField(null=True)
    source = models.CharField(max_length=10)
    captured_by_id = models.UUIDField(null=True)
    captured_by_number = models.CharField(max_length=32, blank=True, default="")
    link = models.ForeignKey(ConsentLink, models.PROTECT, null=True, related_name="records")
    site = models.CharField(max_length=32, blank=True, default="")
    staff_browser = models.BooleanField(default=False)
    ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=300, blank=True, default="")
    note = models.UUIDField(null=True)
    effective_at = models.DateTimeField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    valid_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        ordering = ("-effective_at", "-id")
        default_permissions = ()
        indexes = [
            models.Index(fields=("subject", "purpose", "-effective_at", "-id"), name="consent_by_subject"),
            models.Index(fields=("purpose", "-at"), name="consent_by_purpose"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=ANSWERS), name="a consent has a known answer"),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="a consent has a known method"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="a consent has a known source"),
            models.CheckConstraint(
                condition=Q(effective_at__lte=F("at")), name="a consent is not effective before it was given"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("effective_at")),
                name="a consent ends after it began",
            ),
            models.CheckConstraint(
                condition=Q(answer=GIVEN) | Q(separate=False, written=False, valid_until__isnull=True),
                name="only a given consent is separate, written or dated",
            ),
            models.CheckConstraint(
                condition=Q(source=LINK, link__isnull=False, captured_by_id__isnull=True)
                | Q(~Q(source=LINK), link__isnull=True, captured_by_id__isnull=False),
                name="a consent comes by link or by a person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class Evidence(models.Model):
    """Proof of an answer: a sealed file with its digest, or the digest of the circumstances themselves."""

    record = models.ForeignKey(ConsentRecord, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12)
    file = models.UUIDField(null=True, db_index=True)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40, blank=True, default="")
    original = models.BooleanField(default=False)
    uploaded_by_id = models.UUIDField(null=True)
    uploaded_by_number = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EVIDENCE), name="evidence has a known kind"),
            models.CheckConstraint(
                condition=Q(kind=SYSTEM_LOG) | Q(file__isnull=False),
                name="only a system log is evidence without a file",
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Confirmation(models.Model):
    """What a second person said of the evidence of an answer."""

    record = models.ForeignKey(ConsentRecord, models.PROTECT, related_name="confirmations")
    accepted = models.BooleanField()
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("record", "by_id"), name="a person confirms evidence once"),
        ]

    def __str__(self) -> str:
        return f"confirmation {self.pk}"

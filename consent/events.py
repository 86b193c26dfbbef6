"""What the trail records of notices and consents. The subject is in the exposure; facts name purposes, no value."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

NOTICE_DRAFTED = declare(
    "consent.notice_drafted", name=_("wrote a draft of a notice"), facts=("notice", "purposes", "renews")
)
# sha256: of each language, in the order of `languages`.
NOTICE_PUBLISHED = declare(
    "consent.notice_published",
    name=_("published a notice"),
    facts=("notice", "version", "languages", "sha256", "renews", "proposal"),
)
# records: references of the consent records; given, refused: codes of purposes; fields: those that a yes covers.
RECORDED = declare(
    "consent.recorded",
    name=_("recorded a customer's answer"),
    facts=(
        "records",
        "given",
        "refused",
        "separate",
        "fields",
        "method",
        "notice",
        "version",
        "effective_at",
    ),
)
WITHDRAWN = declare(
    "consent.withdrawn", name=_("recorded that a customer withdrew"), facts=("records", "purposes", "link")
)
REVOKED = declare("consent.revoked", name=_("ended a consent as the handler"), facts=("records", "purposes"))
EVIDENCE_ADDED = declare(
    "consent.evidence_added", name=_("added evidence of a consent"), facts=("records", "file", "sha256")
)
EVIDENCE_SHOWN = declare(
    "consent.evidence_shown", name=_("showed evidence of a consent"), facts=("record", "file")
)
CONFIRMED = declare(
    "consent.confirmed", name=_("answered on the evidence of a consent"), facts=("record", "accepted")
)
CONFIRMATION_ASKED = declare(
    "consent.confirmation_asked",
    name=_("asked for a second look at evidence of a consent"),
    facts=("customer", "told"),
)
LINK_MADE = declare(
    "consent.link_made",
    name=_("made a consent link"),
    facts=("link", "purposes", "notice", "version", "via", "check_field", "expires_at"),
)
LINK_OPENED = declare("consent.link_opened", name=_("opened a consent link"), facts=("link",))
LINK_CHECKED = declare("consent.link_checked", name=_("checked who answers a link"), facts=("link", "passed"))
RECEIPT_SHOWN = declare("consent.receipt_shown", name=_("showed a consent receipt"), facts=("record",))
# records: answers, tries: checks of links, whose address and device are held no more.
CIRCUMSTANCES_ENDED = declare(
    "consent.circumstances_ended",
    name=_("ended the address and device of answers past their floor"),
    facts=("records", "tries"),
)
IMPORTED = declare(
    "consent.imported", name=_("brought existing consents in"), facts=("file_sha256", "taken", "refused")
)

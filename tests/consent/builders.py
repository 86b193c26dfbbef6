"""A published notice, and answers to it, for tests of consents."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from classification.purposes import purposes
from classification.queries import catalogue
from consent import drafting
from consent.evidence import Held
from consent.models import LANGUAGES, ConsentRecord, Notice, NoticeText, NoticeVersion
from consent.services import records
from consent.services.records import Answer, Circumstances
from staff.models import Organisation
from tests import papers
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed

YEAR = timedelta(days=365)
FILE = papers.PDF
SCREENSHOT = Held(uuid4(), "screenshot", "0" * 64, "image/png", original=False)
"""A picture that lies sealed somewhere, for tests that look at answers and never at it."""
TYPED = {
    language: {
        drafting.METHOD: "face to face and on this site",
        drafting.SENSITIVE: "needed to know that it is you; a leak could harm you",
        drafting.RECIPIENTS: "nobody",
        drafting.RETENTION: "then it is destroyed",
        drafting.RIGHTS: "see, correct, copy, withdraw: tell us",
    }
    for language in LANGUAGES
}


def organisation() -> Organisation:
    """Say who handles the information."""
    return Organisation.objects.get_or_create(
        defaults={
            "name_zh": "示例公司",
            "name_en": "Example Ltd",
            "address": "示例路1号",
            "email": "privacy@example.com",
            "phone": "010-00000000",
            "officer_name": "某某",
            "officer_contact": "officer@example.com",
        }
    )[0]


def published(
    at: datetime, *codes: str, code: str = "counter", renews: tuple[str, ...] = ()
) -> NoticeVersion:
    """Publish the next version of a notice as a signed proposal would leave it."""
    notice, _ = Notice.objects.get_or_create(
        code=code, defaults={"channel": "counter", "name_zh": "柜台告知书", "name_en": "Counter notice"}
    )
    known, in_force = catalogue(at), purposes(at)
    version = NoticeVersion.objects.create(
        notice=notice,
        number=notice.versions.count() + 1,
        purposes=drafting.snapshot([in_force[one] for one in codes or ("service",)], known),
        renews=list(renews),
        published_at=at,
        proposal=uuid4(),
    )
    NoticeText.objects.bulk_create(
        NoticeText(version=version, language=language, sections=[], sha256="0" * 64) for language in LANGUAGES
    )
    return version


@dataclass
class Answering:
    """Somebody at the desk who records what one subject answers to one version."""

    version: NoticeVersion
    by: Actor
    subject: UUID = field(default_factory=uuid4)

    @property
    def exposed(self) -> Exposed:
        """The subject, as the trail names it."""
        return Exposed(self.subject, WRITTEN)

    def record(
        self, yes: bool, *, at: datetime, purpose: str = "service", ago: timedelta = timedelta(0), **more: Any
    ) -> ConsentRecord:
        """Record one answer, given `ago` before it is recorded."""
        answer = Answer(
            purpose=purpose,
            yes=yes,
            separate=more.pop("separate", False),
            optional=more.pop("optional", None),
        )
        how = more.pop("circumstances", Circumstances(method="checkbox"))
        if how.source == "desk":
            more.setdefault("files", [SCREENSHOT])
        (row,) = records.record(
            self.exposed,
            version=self.version,
            language="en",
            answers=[answer],
            circumstances=how,
            effective_at=at - ago,
            by=self.by,
            at=at,
            **more,
        )
        return row

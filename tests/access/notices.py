"""A published notice for tests, put there as a signed proposal would."""

from datetime import datetime, timedelta
from uuid import uuid4

from classification import purposes as known_purposes
from classification.queries import catalogue
from consent import drafting
from consent.models import Notice, NoticeText, NoticeVersion


def published(
    *codes: str, at: datetime, notice: str = "counter", since: timedelta = timedelta(days=400)
) -> NoticeVersion:
    """Publish the next version of a notice that asks for these purposes, some time before `at`."""
    held, _made = Notice.objects.get_or_create(
        code=notice, defaults={"channel": "counter", "name_zh": "柜台告知书", "name_en": "Counter notice"}
    )
    known = known_purposes.purposes(at)
    version = NoticeVersion.objects.create(
        notice=held,
        number=held.versions.count() + 1,
        purposes=drafting.snapshot([known[code] for code in codes], catalogue(at)),
        published_at=at - since,
        proposal=uuid4(),
    )
    NoticeText.objects.bulk_create(
        NoticeText(version=version, language=language, sections=[], sha256="0" * 64)
        for language in ("zh-hans", "en")
    )
    return version

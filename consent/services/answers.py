"""What a customer does through a link: open it, pass the check, answer once, withdraw. Runs without any KEK.

Every act records its event as somebody who is known by place only (mode public). A try is counted and on disk before
it is compared, so that a crash gives nobody another one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection

from consent import events, links
from consent.links import LiveLink
from consent.models import CHECKBOX, LINK, ConsentLink, LinkTry, Receipt
from consent.problems import ConsentRefused
from consent.services import records
from consent.services.records import Answer, Circumstances
from trail import services as trail
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed
from vault.transform import check_code_of


class LinkOver(LookupError):
    """There is no such link or receipt now; it never says whether there was."""


class AnswersIncomplete(ValueError):
    """Some purposes were not answered, so nothing was recorded."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__("answers are missing")
        self.codes = tuple(codes)


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the check was passed; `link` is None when it is over."""

    link: LiveLink | None
    matches: bool


def open_link(token: str, *, by: Actor, at: datetime) -> LiveLink | None:
    """Open a link; None when it is over or never was."""
    with links.showing(token):
        row = links.row_of(token, at)
        if row is None:
            return None
        trail.record(events.LINK_OPENED, by=by, at=at, facts={"link": str(row.id)})
        return links.live(row)


def check(token: str, given: str, *, by: Actor, at: datetime) -> Checked:
    """Compare what the customer typed with the check of the link. A wrong answer costs one of three tries."""
    with links.showing(token):
        _lock(token)
        row = links.row_of(token, at)
        if row is None:
            check_code_of("text", given, links.check_key(token))  # the same work as for a link that is there
            return Checked(None, matches=False)
        right = links.matches(row, token, given)
        LinkTry.objects.create(link=row, at=at, ip=by.ip, passed=right)
        trail.record(events.LINK_CHECKED, by=by, at=at, facts={"link": str(row.id), "passed": right})
        again = links.row_of(token, at)
    return Checked(links.live(again) if again else None, matches=right)


def answer(
    token: str,
    answers: Mapping[str, bool],
    *,
    separate: Collection[str],
    language: str,
    device: str,
    by: Actor,
    at: datetime,
    staff_browser: bool = False,
) -> tuple[str, ConsentLink]:
    """Record the customer's answers and use the link up; return the token of the receipt, and the link.

    Call it inside a transaction to add what belongs to the act (a deposited file).

    :raises LinkOver: used meanwhile, expired, or the check was never passed.
    :raises AnswersIncomplete: a purpose was not answered.
    """
    receipt = links.new_token()
    try:
        with links.showing(token):
            _lock(token)
            row = links.row_of(token, at)
            # SECURITY: without a passed check nobody answers for a customer.
            if row is None or not row.passed:  # type: ignore[attr-defined]
                raise LinkOver
            missing = [code for code in row.purposes if code not in answers]
            if missing:
                raise AnswersIncomplete(missing)
            Receipt.objects.create(link=row, token_sha256=links.digest(receipt), at=at)
            records.record(
                _exposed(row),
                version=row.version,
                language=language,
                answers=[
                    Answer(purpose=code, yes=answers[code], separate=code in separate)
                    for code in row.purposes
                ],
                circumstances=_circumstances(row, device, staff_browser=staff_browser),
                effective_at=at,
                by=by,
                at=at,
            )
    except IntegrityError:
        raise LinkOver from None
    return receipt, row


def withdraw(receipt: str, codes: Collection[str], *, by: Actor, at: datetime, device: str = "") -> None:
    """Withdraw what was given by link, with the receipt alone; twice is once (PIPL 15).

    :raises LinkOver: there is no such receipt.
    """
    with links.showing(receipt):
        row = by_receipt(receipt)
        if row is None:
            raise LinkOver
        mine = set(row.link.purposes) & set(codes)
        try:
            records.withdraw(
                _exposed(row.link), mine, by=by, at=at, circumstances=_circumstances(row.link, device)
            )
        except ConsentRefused:
            return


def by_receipt(receipt: str) -> Receipt | None:
    """Return the receipt with its link; call it inside `links.showing`."""
    found = Receipt.objects.filter(token_sha256=links.digest(receipt))
    return found.select_related("link__version__notice").first()


def _circumstances(row: ConsentLink, device: str, *, staff_browser: bool = False) -> Circumstances:
    return Circumstances(
        method=CHECKBOX,
        source=LINK,
        link=row.id,
        device=device,
        staff_browser=staff_browser,
    )


def _exposed(row: ConsentLink) -> Exposed:
    return Exposed(row.subject, WRITTEN)


def _lock(token: str) -> None:
    """Let one at a time try or answer, so that three tries are three."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [links.digest(token).hex()])

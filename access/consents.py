"""Does this customer's consent open this field, for this purpose, to this reader? Pure (S0-28, PIPL 13, 14, 29).

`consent` tells what was answered and how; here is decided whether it counts. A consent that staff could have made
up counts only once a second person has confirmed its evidence: answered from an office network or a browser with a
staff session, given within a week of a change to the address to which the link was sent, brought in with a file,
or captured by the very person who reads on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from classification.models import in_active_language
from classification.purposes import PurposeSpec
from consent.models import GIVEN, IMPORT, LINK, REFUSED, REVOKED, WITHDRAWN
from consent.queries.states import EXPIRED, RENEW, ConsentState

CONTACT_CHANGED_WITHIN = timedelta(days=7)


class Saying(StrEnum):
    """What consent says to a read; events and pages keep these codes."""

    NOT_ASKED = ""
    GIVEN = "given"
    OTHER_BASIS = "other_basis"
    NO_PURPOSE = "no_purpose"
    NOT_OWN = "not_own_purpose"
    NOT_NEEDED = "field_not_needed"
    NONE = "no_consent"
    NOT_COVERED = "field_not_covered"
    NOT_SEPARATE = "no_separate_consent"
    NO_GUARDIAN = "no_guardian"
    UNCONFIRMED = "not_confirmed"
    REJECTED = "evidence_rejected"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"
    RENEW = "to_be_renewed"


ENDED = {
    REFUSED: Saying.REFUSED,
    WITHDRAWN: Saying.WITHDRAWN,
    REVOKED: Saying.REVOKED,
    EXPIRED: Saying.EXPIRED,
    RENEW: Saying.RENEW,
}
OPENS = frozenset({Saying.GIVEN, Saying.OTHER_BASIS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """The answer, with what its words need: since when, the record it stands on, and the purpose."""

    saying: Saying = Saying.NOT_ASKED
    purpose: str = ""
    name_zh: str = ""
    name_en: str = ""
    since: datetime | None = None
    record: UUID | None = None
    captured_by: UUID | None = None

    @property
    def name(self) -> str:
        """The name of the purpose in the active language."""
        return in_active_language(self.name_zh, self.name_en)

    @property
    def opens(self) -> bool:
        """Whether the need of consent is met."""
        return self.saying in OPENS

    @property
    def ground(self) -> str:
        """What the event says a clear read stands on: the consent record, or the basis of the purpose."""
        if self.saying == Saying.GIVEN:
            return f"consent {self.record}"
        return f"basis {self.purpose}" if self.saying == Saying.OTHER_BASIS else ""


NOTHING = Says()


def says(
    purpose: PurposeSpec | None,
    state: ConsentState | None,
    *,
    field: str,
    sensitive: bool,
    minor: bool,
    reader: UUID | None,
    roles: frozenset[str],
) -> Says:
    """Return what consent says to a read of one field inside a contact with this purpose.

    :param state: the customer's answer to this purpose that counts now, None where nobody asked.
    :param sensitive: the field is sensitive personal information: it wants separate consent (PIPL 29).
    :param minor: the customer may be under 14: a guardian's consent is wanted (PIPL 31).
    """
    if purpose is None:
        return Says(saying=Saying.NO_PURPOSE)
    asked = Says(purpose=purpose.code, name_zh=purpose.name_zh, name_en=purpose.name_en)
    if not purpose.roles & roles:
        return replace(asked, saying=Saying.NOT_OWN)
    if field not in purpose.fields:
        return replace(asked, saying=Saying.NOT_NEEDED)
    if not sensitive and not purpose.asks_consent and purpose.needs(field):
        return replace(asked, saying=Saying.OTHER_BASIS)
    if state is None:
        return replace(asked, saying=Saying.NONE)
    return replace(
        asked,
        saying=_of_record(state, field, sensitive, minor, reader),
        since=state.since,
        record=state.record,
        captured_by=state.captured_by,
    )


def _of_record(
    state: ConsentState,
    field: str,
    sensitive: bool,
    minor: bool,
    reader: UUID | None,
) -> Saying:
    if state.state != GIVEN:
        return ENDED[state.state]
    if sensitive and not state.separate:
        return Saying.NOT_SEPARATE
    if field not in state.fields:
        return Saying.NOT_COVERED
    if minor and not state.guardian:
        return Saying.NO_GUARDIAN
    if state.confirmed is False:
        return Saying.REJECTED
    # SECURITY: consent that staff could have made up waits for a second pair of eyes.
    if state.confirmed is None and doubts(state, reader):
        return Saying.UNCONFIRMED
    return Saying.GIVEN


def doubts(state: ConsentState, reader: UUID | None) -> tuple[str, ...]:
    """Return why a consent needs a second look before it counts.

    The codes: own, imported, office, staff_browser, contact_changed.
    """
    found = []
    if state.captured_by is not None and state.captured_by == reader:
        found.append("own")
    if state.source == IMPORT:
        found.append("imported")
    if state.source == LINK and state.site:
        found.append("office")
    if state.staff_browser:
        found.append("staff_browser")
    if state.address_since and state.effective_at - state.address_since < CONTACT_CHANGED_WITHIN:
        found.append("contact_changed")
    return tuple(found)

"""Sign the undertaking, enter what was signed on paper or passed, and say which courses a role needs.

Nobody enters anything of their own: a security manager signs the undertaking on screen like everybody else.
"""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from files import services as files
from files import showing
from files.copies import Copy
from files.deposits import media_type
from staff import acting, events, queries, step_up, undertakings
from staff.acting import Session
from staff.models import Person, RequiredCourse, Training, Undertaking
from staff.models.duties import PAPER, PASSWORD
from staff.permissions import may
from staff.services import factors
from trail import services as trail
from trail.actor import Actor
from vault.opening import EVIDENCE

MOST_WRONG = 5
WRONG_FOR_SECONDS = 300
KEEP_SCANS = timedelta(days=365 * 6)
"""A scan outlives the undertaking that it proves by the years in which somebody may still ask for it."""


class NotSigned(Exception):
    """The undertaking is not signed: `code` is other_text, wrong_password or too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotEntered(ValueError):
    """This cannot be filed: `code` is own, unknown_version, not_yet or ends_before."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def has_factor(person: UUID) -> bool:
    """Return whether this person can give a second factor, which then is what signs."""
    return factors.has_totp(person) or factors.has_webauthn(person)


def sign(session: Session, *, seen_hash: str, password: str = "", by: Actor, at: datetime) -> Undertaking:
    """Sign the text in force, on screen: with a fresh second factor, or the password where there is no factor.

    :param seen_hash: of the text that the page showed.
    :raises staff.step_up.StepUpNeeded: the second factor is missing or too old.
    :raises NotSigned: another text is in force by now, or the password is wrong.
    """
    text = undertakings.in_force(at)
    if seen_hash != text.hash:
        raise NotSigned("other_text")
    person = acting.person_of(by)
    method = _confirmed(session, person, password, by, at)
    with transaction.atomic():
        made = Undertaking.objects.create(
            person=person, version=text.version, hash=text.hash, method=method, signed_at=at
        )
        _record_signed(made, by, at)
    return made


def _confirmed(session: Session, person: Person, password: str, by: Actor, at: datetime) -> str:
    """Insist on what proves the person, and return what it was. SECURITY: a password alone never where a factor is."""
    if has_factor(person.pk):
        step_up.require(by, at=at)
        return acting.given_factor(session, person)
    key = f"staff.duties.wrong:{person.pk}"
    cache.add(key, 0, timeout=WRONG_FOR_SECONDS)
    # Counted before the password is tried, so that guesses sent at once count, too.
    if cache.incr(key) > MOST_WRONG:
        raise NotSigned("too_many")
    if not person.check_password(password):
        trail.record(events.UNDERTAKING_REFUSED, by=by, at=at)
        raise NotSigned("wrong_password")
    cache.delete(key)
    return PASSWORD


def put_off(session: Session, *, by: Actor, at: datetime) -> None:
    """Go on without signing until the next login; until then this person sees masks only."""
    trail.record(events.UNDERTAKING_PUT_OFF, by=by, at=at)
    acting.put_off(session, acting.person_of(by), at=at)


def enter_paper(
    *, person: Person, version: str, signed_at: datetime, scan: bytes, name: str, by: Actor, at: datetime
) -> Undertaking:
    """File an undertaking that somebody signed on paper, with its scan.

    :raises NotEntered: of one's own, of a version that never was, or of a day to come.
    :raises files.deposits.NotAccepted: the scan is no PDF, PNG or JPEG of at most 10 MB.
    """
    text = insist_paper(person, version, signed_at, by, at)
    with transaction.atomic():
        made = Undertaking.objects.create(
            person=person,
            version=text.version,
            hash=text.hash,
            method=PAPER,
            file=_kept(scan, name, "staff.undertaking", by, at),
            signed_at=signed_at,
        )
        _record_signed(made, by, at)
    return made


def insist_paper(
    person: Person, version: str, signed_at: datetime, by: Actor, at: datetime
) -> undertakings.Text:
    """Insist that a signature on paper can be filed, and return the text that was signed.

    :raises NotEntered: as `enter_paper`.
    """
    _insist_other(person, by)
    try:
        text = undertakings.of_version(version)
    except LookupError:
        raise NotEntered("unknown_version") from None
    if not text.since <= signed_at <= at:
        raise NotEntered("not_yet")
    return text


def insist_training(
    person: Person, passed_at: datetime, valid_until: datetime | None, by: Actor, at: datetime
) -> None:
    """Insist that a course can be filed.

    :raises NotEntered: as `enter_training`.
    """
    _insist_other(person, by)
    if passed_at > at:
        raise NotEntered("not_yet")
    if valid_until is not None and valid_until <= passed_at:
        raise NotEntered("ends_before")


def enter_training(
    *,
    person: Person,
    course: str,
    passed_at: datetime,
    valid_until: datetime | None = None,
    certificate: bytes = b"",
    name: str = "",
    by: Actor,
    at: datetime,
) -> Training:
    """File a course that somebody passed.

    :raises NotEntered: of one's own, of a day to come, or over before it began.
    :raises files.deposits.NotAccepted: the certificate is no PDF, PNG or JPEG of at most 10 MB.
    """
    insist_training(person, passed_at, valid_until, by, at)
    with transaction.atomic():
        made = Training.objects.create(
            person=person,
            course=course,
            passed_at=passed_at,
            valid_until=valid_until,
            file=_kept(certificate, name, "staff.training", by, at) if certificate else None,
        )
        facts = {"person": str(person.pk), "course": course, "until": _said(valid_until)}
        trail.record(events.TRAINING_ENTERED, by=by, at=at, facts=facts)
    return made


def end_training(training: int, *, by: Actor, at: datetime) -> Training:
    """Let a course count no more, after a violation, say (S2-37): the person passes it again.

    :raises NotEntered: it is over already.
    """
    with transaction.atomic():
        held = Training.objects.select_for_update().get(pk=training)
        if held.valid_until is not None and held.valid_until <= at:
            raise NotEntered("ends_before")
        held.valid_until = at
        held.save(update_fields=["valid_until"])
        facts = {"person": str(held.person_id), "course": held.course}
        trail.record(events.TRAINING_ENDED, by=by, at=at, facts=facts)
    return held


def require_course(*, role: str, course: str, months: int, by: Actor, at: datetime) -> RequiredCourse:
    """Let a role see masks only without this course, from now on."""
    with transaction.atomic():
        made = RequiredCourse.objects.create(role=role, course=course, months=months, since=at)
        trail.record(events.COURSE_REQUIRED, by=by, at=at, facts={"role": role, "course": course})
    return made


def require_no_more(required: int, *, by: Actor, at: datetime) -> RequiredCourse:
    """End the requirement of a course."""
    with transaction.atomic():
        held = RequiredCourse.objects.select_for_update().get(pk=required, until__isnull=True)
        held.until = at
        held.save(update_fields=["until"])
        facts = {"role": held.role, "course": held.course}
        trail.record(events.COURSE_REQUIRED_NO_MORE, by=by, at=at, facts=facts)
    return held


def may_read(person: UUID, *, by: Actor, at: datetime) -> bool:
    """Return whether somebody reads what this person has signed and passed: their own, the team's, or everybody's."""
    return (
        person == by.id
        or may(by, "duties.read_all")
        or (may(by, "duties.read_team") and person in queries.people_led_by(by, at))
    )


def show_file(id: UUID, *, by: Actor, at: datetime) -> Copy:
    """Show the scan of an undertaking or the certificate of a course, stamped; the look is recorded first.

    :raises LookupError: no such file, or of somebody whose duties are not the actor's to read.
    :raises files.services.NotReadable: its term is over.
    :raises files.copies.Unreadable: no stamped copy can be made of it.
    """
    held = (rows.filter(file=id).first() for rows in (Undertaking.objects, Training.objects))
    found = next((row for row in held if row is not None), None)
    if found is None or not may_read(found.person_id, by=by, at=at):
        raise LookupError(id)
    receipt = files.record_read(id, by=by, at=at)
    return showing.show(id, name="scan", by=by, at=at, receipt=receipt)


def _insist_other(person: Person, by: Actor) -> None:
    # SECURITY: a gate that one opens for oneself is none.
    if person.pk == by.id:
        raise NotEntered("own")


def _kept(content: bytes, name: str, purpose: str, by: Actor, at: datetime) -> UUID:
    media_type(content)
    kept = files.put_file(
        BytesIO(content),
        name=name,
        purpose=purpose,
        by=by,
        at=at,
        keep_until=at + KEEP_SCANS,
        domain=EVIDENCE,
    )
    return kept.id


def _record_signed(made: Undertaking, by: Actor, at: datetime) -> None:
    facts = {
        "person": str(made.person_id),
        "version": made.version,
        "hash": made.hash,
        "method": made.method,
    }
    trail.record(events.UNDERTAKING_SIGNED, by=by, at=at, facts=facts)


def _said(at: datetime | None) -> str:
    return at.isoformat() if at else ""

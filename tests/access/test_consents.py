"""An agent sees the L3 values that a customer has authorised, and no others (S0-28, PIPL 13, 14, 15, 29, 31)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from access import events, words
from access.consents import Saying
from access.queries import cards
from access.services import consents, reveal
from classification.models import PurposeVersion
from consent.models import ConsentLink, Evidence
from consent.problems import ConsentRefused
from consent.services.records import Answer, Circumstances
from customers.models import Customer
from customers.services import contacts
from files.models import FileChunk, SealedFile
from files.services import NotReadable
from staff.services.people import NotAllowed
from tests.access.cast import VALUES, kinds_since, last_event
from tests.consent.builders import FILE, Answering, published
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DAY = timedelta(days=1)


@pytest.fixture
def desk(cast):
    """A colleague at the desk who records what one customer answers."""
    version = published(cast.at - timedelta(days=400), "service", "quality", "marketing", "registration")
    customer = cast.customer()
    return Answering(version, cast.supervisor(), customer.ref)


def try_to_show(cast, desk, by, field="mobile", purpose="service", at=None):
    at = at or cast.at
    contact = contacts.touch(ref=desk.subject, by=by, at=at)
    contacts.change(id=contact.pk, purpose=purpose, by=by, at=at)
    return reveal.reveal(desk.subject, field, reason="核实", by=by, at=at)


def refusal(cast, desk, by, **more):
    with pytest.raises(reveal.Refused) as refused:
        try_to_show(cast, desk, by, **more)
    return refused.value.decision.consent.saying


def test_opens_what_the_customer_consents_to_and_says_which_consent(cast, desk):
    row = desk.record(True, at=cast.at)
    shown = try_to_show(cast, desk, cast.agent())
    assert shown.text == VALUES["mobile"]
    assert Event.objects.get(id=shown.event).facts["ground"] == f"consent {row.ref}"


@pytest.mark.parametrize(
    ("answer", "saying"), [(None, Saying.NONE), (False, Saying.REFUSED), ("withdrawn", Saying.WITHDRAWN)]
)
def test_refuses_and_says_why(cast, desk, answer, saying):
    if answer is not None:
        desk.record(answer is not False, at=cast.at - DAY)
    if answer == "withdrawn":
        consents.withdraw(desk.subject, ["service"], by=desk.by, at=cast.at)
    start = last_event()
    assert refusal(cast, desk, cast.agent()) == saying
    assert Event.objects.filter(id__gt=start).latest("id").facts["consent"] == saying.value


def test_a_consent_opens_the_next_read_and_a_withdrawal_closes_it(cast, desk):
    agent = cast.agent()
    desk.record(True, at=cast.at)
    assert try_to_show(cast, desk, agent)
    consents.withdraw(desk.subject, ["service"], by=desk.by, at=cast.at + timedelta(seconds=1))
    assert refusal(cast, desk, agent, at=cast.at + timedelta(seconds=1)) == Saying.WITHDRAWN


def test_says_the_day_in_the_readers_language(cast, desk):
    desk.record(False, at=cast.at - 3 * DAY)
    with pytest.raises(reveal.Refused) as refused:
        try_to_show(cast, desk, cast.agent())
    with translation.override("en"):
        assert "refused “Customer service” on 20" in words.why(refused.value.decision)
    with translation.override("zh-hans"):
        assert "客服服务" in words.why(refused.value.decision)


@pytest.mark.parametrize("field", ["resident_id", "bank_card"])
def test_a_sensitive_field_wants_separate_consent(cast, desk, field):
    customer = cast.customer(bank_card="6200000000000000018")
    desk = replace(desk, subject=customer.ref)
    agent = cast.agent()
    desk.record(True, at=cast.at - DAY)
    assert refusal(cast, desk, agent, field=field) == Saying.NOT_SEPARATE
    desk.record(True, at=cast.at, separate=True)
    assert try_to_show(cast, desk, agent, field=field)


def test_an_optional_field_that_was_left_out_stays_masked(cast, desk):
    desk.record(True, at=cast.at, optional=frozenset())
    agent = cast.agent()
    assert try_to_show(cast, desk, agent).text == VALUES["mobile"]
    assert refusal(cast, desk, agent, field="email") == Saying.NOT_COVERED


def test_consent_to_one_purpose_opens_nothing_for_another(cast, desk):
    desk.record(True, at=cast.at, purpose="quality")
    assert refusal(cast, desk, cast.agent(), purpose="service") == Saying.NONE


def test_a_purpose_on_another_basis_opens_what_it_cannot_do_without(cast, desk):
    PurposeVersion.objects.filter(purpose_id="complaint", until=None).update(until=cast.at)
    PurposeVersion.objects.create(
        purpose_id="complaint",
        number=2,
        basis="contract",
        basis_reason_en="the contract says so",
        fields={"mobile": "necessary", "email": "optional", "resident_id": "necessary"},
        roles=["agent"],
        retain_months=12,
        retain_from="collection",
        since=cast.at,
        proposal=uuid4(),
    )
    agent = cast.agent()
    shown = try_to_show(cast, desk, agent, purpose="complaint")
    assert Event.objects.get(id=shown.event).facts["ground"] == "basis complaint"
    assert refusal(cast, desk, agent, field="email", purpose="complaint") == Saying.NONE
    assert refusal(cast, desk, agent, field="resident_id", purpose="complaint") == Saying.NONE


def test_marketing_asks_the_customer_of_supervisors_too(cast, desk):
    by = cast.supervisor()
    assert refusal(cast, desk, by, purpose="marketing") == Saying.NONE
    desk.record(True, at=cast.at, purpose="marketing")
    assert try_to_show(cast, desk, by, purpose="marketing")


def test_a_minor_needs_a_guardian(cast, desk):
    child = cast.customer(birth_year=str(cast.at.year - 10))
    desk = replace(desk, subject=child.ref)
    desk.record(True, at=cast.at - DAY)
    agent = cast.agent()
    assert refusal(cast, desk, agent) == Saying.NO_GUARDIAN
    desk.record(True, at=cast.at, guardian="父亲")
    assert try_to_show(cast, desk, agent)


def test_the_desk_refuses_a_minors_yes_without_a_guardian(cast, desk):
    child = cast.customer(birth_year=str(cast.at.year - 14))
    with pytest.raises(ConsentRefused, match="guardian_missing"):
        record(cast, child.ref, desk.version, desk.by)


def record(cast, ref, version, by, uploads=(), method="paper", kind="signed_file", **more):
    return consents.record(
        ref,
        version=version,
        language="zh-hans",
        answers=[Answer(purpose="service", yes=True)],
        method=method,
        effective_at=cast.at,
        uploads=[consents.Upload(content=one, kind=kind) for one in uploads],
        by=by,
        at=cast.at,
        **more,
    )


# --- consent cannot be manufactured ---


def link_of(desk, cast, **more):
    return ConsentLink.objects.create(
        token_sha256=uuid4().bytes,
        subject=desk.subject,
        version=desk.version,
        purposes=["service"],
        language="en",
        check_field="mobile",
        check_kind="mobile",
        check_mac=b"0" * 32,
        via="mail",
        made_by_id=uuid4(),
        made_by_number="T1",
        made_at=cast.at,
        expires_at=cast.at + DAY,
        **more,
    )


def by_link(desk, cast, site="", since=None, **more):
    public = replace(desk.by, id=None, number="", name="", roles=frozenset(), mode="public", site=site)
    how = Circumstances(
        method="checkbox", source="link", link=link_of(desk, cast, address_since=since).pk, **more
    )
    return replace(desk, by=public).record(True, at=cast.at, circumstances=how)


def confirmer(cast):
    return cast.supervisor()


def test_an_answer_from_elsewhere_counts_at_once(cast, desk):
    by_link(desk, cast)
    assert try_to_show(cast, desk, cast.agent())


@pytest.mark.parametrize("doubt", [{"site": "north-office"}, {"staff_browser": True}])
def test_an_answer_from_an_office_or_a_staff_session_waits_for_a_second_person(cast, desk, doubt):
    row, agent = by_link(desk, cast, **doubt), cast.agent()
    assert refusal(cast, desk, agent) == Saying.UNCONFIRMED
    consents.confirm(row.ref, accepted=True, by=confirmer(cast), at=cast.at)
    assert try_to_show(cast, desk, agent)


@pytest.mark.parametrize(("days", "counts"), [(6, False), (8, True)])
def test_an_answer_soon_after_a_change_of_the_address_waits(cast, desk, days, counts):
    by_link(desk, cast, since=cast.at - days * DAY)
    # Changing it back afterwards hides nothing: the link remembers the address it was sent to.
    Customer.objects.filter(ref=desk.subject).update(origins={"email": {"collected_at": cast.at.isoformat()}})
    if counts:
        assert try_to_show(cast, desk, cast.agent())
    else:
        assert refusal(cast, desk, cast.agent()) == Saying.UNCONFIRMED


def test_what_one_captured_oneself_counts_for_others_at_once_and_for_oneself_once_confirmed(cast, desk):
    agent, other = cast.agent(), cast.agent()
    row = replace(desk, by=agent).record(True, at=cast.at)
    assert refusal(cast, desk, agent) == Saying.UNCONFIRMED
    assert try_to_show(cast, desk, other)
    consents.confirm(row.ref, accepted=True, by=confirmer(cast), at=cast.at)
    start = last_event()
    assert try_to_show(cast, desk, agent)
    assert events.OWN_CONSENT_USED.code in kinds_since(start)
    start = last_event()
    try_to_show(cast, desk, other)
    assert events.OWN_CONSENT_USED.code not in kinds_since(start)


def test_evidence_that_does_not_hold_closes_the_consent(cast, desk):
    row = by_link(desk, cast, site="north-office")
    consents.confirm(row.ref, accepted=False, by=confirmer(cast), at=cast.at)
    assert refusal(cast, desk, cast.agent()) == Saying.REJECTED


def test_nobody_confirms_what_they_captured(cast, desk):
    (row,) = record(cast, desk.subject, desk.version, desk.by, uploads=[FILE])
    with pytest.raises(ConsentRefused, match="own_record"):
        consents.confirm(row.ref, accepted=True, by=desk.by, at=cast.at)


def test_a_person_confirms_once(cast, desk):
    row, by = desk.record(True, at=cast.at), confirmer(cast)
    consents.confirm(row.ref, accepted=True, by=by, at=cast.at)
    with pytest.raises(ConsentRefused, match="confirmed_already"):
        consents.confirm(row.ref, accepted=False, by=by, at=cast.at)


# --- evidence ---


def test_paper_wants_its_file_and_the_file_lies_sealed(cast, desk):
    with pytest.raises(ConsentRefused, match="evidence_missing"):
        record(cast, desk.subject, desk.version, desk.by, method="paper")
    (row,) = record(cast, desk.subject, desk.version, desk.by, method="paper", uploads=[FILE])
    proof = row.evidence.get()
    file = SealedFile.objects.get(id=proof.file)
    assert proof.original
    assert file.domain == "evidence"
    assert file.keep_until > cast.at + timedelta(days=3 * 365)
    assert b"signed by nobody" not in b"".join(
        bytes(one.sealed) for one in FileChunk.objects.filter(file=file)
    )


@pytest.mark.parametrize(
    ("method", "kind", "other"),
    [
        ("paper", "signed_file", "screenshot"),
        ("call", "recording", "signed_file"),
        ("checkbox", "screenshot", "recording"),
        ("popup", "screenshot", "signed_file"),
    ],
)
def test_every_way_of_saying_yes_wants_its_own_proof(cast, desk, method, kind, other):
    for uploads, wrong in (([], kind), ([FILE], other)):
        with pytest.raises(ConsentRefused, match="evidence_missing"):
            record(cast, desk.subject, desk.version, desk.by, method=method, uploads=uploads, kind=wrong)
    assert not SealedFile.objects.exists()
    (row,) = record(cast, desk.subject, desk.version, desk.by, method=method, uploads=[FILE], kind=kind)
    proof = row.evidence.get()
    assert (proof.kind, proof.original) == (kind, kind == "signed_file")


SOUNDS = [
    (b"ID3\x04", "audio/mpeg", "mp3"),
    (b"\xff\xfb\x90", "audio/mpeg", "mp3"),
    (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", "wav"),
    (b"\0\0\0\x20ftypM4A ", "audio/mp4", "m4a"),
]


@pytest.mark.parametrize(("content", "media_type", "ending"), SOUNDS)
def test_a_call_is_proven_by_its_sound_and_a_paper_is_not(cast, desk, content, media_type, ending):
    with pytest.raises(ConsentRefused, match="file_type"):
        record(cast, desk.subject, desk.version, desk.by, uploads=[content])
    (row,) = record(
        cast, desk.subject, desk.version, desk.by, method="call", uploads=[content], kind="recording"
    )
    proof = row.evidence.get()
    assert proof.media_type == media_type
    shown = consents.show_evidence(proof.pk, by=confirmer(cast), at=cast.at)
    assert shown.name.endswith(f".{ending}")
    assert shown.content == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90", "file_type"),
        (b"<svg/>", "file_type"),
        (b"%PDF-" + b"0" * 10485760, "file_size"),
    ],
)
def test_refuses_files_that_are_no_evidence(cast, desk, content, code):
    with pytest.raises(ConsentRefused, match=code):
        record(cast, desk.subject, desk.version, desk.by, method="paper", uploads=[content])


def test_shows_evidence_to_who_may_confirm_it_and_records_each_time(cast, desk):
    (row,) = record(cast, desk.subject, desk.version, desk.by, method="paper", uploads=[FILE])
    start = last_event()
    shown = consents.show_evidence(row.evidence.get().pk, by=confirmer(cast), at=cast.at)
    assert (shown.media_type, shown.content != FILE) == ("application/pdf", True)
    (event,) = Event.objects.filter(id__gt=start)
    (seen,) = event.exposures.all()
    assert (event.kind, seen.clear, seen.level) == (
        "consent.evidence_shown",
        ["authorisation_original"],
        4,
    )
    with pytest.raises(NotAllowed):
        consents.show_evidence(row.evidence.get().pk, by=cast.agent(), at=cast.at)


def test_an_original_opens_here_for_a_week_at_most_whatever_jobs_did(cast, desk):
    (row,) = record(cast, desk.subject, desk.version, desk.by, method="paper", uploads=[FILE])
    proof, week = row.evidence.get(), timedelta(days=7)
    late = proof.at + week - timedelta(seconds=1)
    assert consents.show_evidence(proof.pk, by=confirmer(cast), at=late).media_type == "application/pdf"
    start = last_event()
    with pytest.raises(NotReadable):
        consents.show_evidence(proof.pk, by=confirmer(cast), at=proof.at + week)
    assert last_event() == start
    assert SealedFile.objects.readable(proof.at + week).filter(pk=proof.file).exists()  # no job has run


def test_evidence_of_a_foreign_customer_does_not_exist(cast, desk):
    (row,) = record(cast, desk.subject, desk.version, desk.by, method="paper", uploads=[FILE])
    with pytest.raises(Evidence.DoesNotExist):
        consents.show_evidence(row.evidence.get().pk, by=cast.supervisor(department="south"), at=cast.at)


def test_a_list_of_25_asks_as_often_as_a_list_of_one(cast, desk, django_assert_num_queries):
    rows = [cast.customer() for _ in range(25)]
    for one in rows[:20]:
        replace(desk, subject=one.ref).record(True, at=cast.at)
    agent = cast.agent()
    with django_assert_num_queries(2):
        shown = cards.cards(agent, rows, cast.at, in_contact=True, purpose="service")
    assert [one["mobile"].decision.clear for one in shown] == [True] * 20 + [False] * 5
    with django_assert_num_queries(2):
        cards.cards(agent, rows[:1], cast.at, in_contact=True, purpose="service")

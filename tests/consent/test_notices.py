"""Notices: complete or not published, signed by a head, never changed afterwards (PIPL 17, regulation 790)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from approvals import services as approvals
from classification.purposes import purposes
from classification.queries import catalogue
from consent import drafting
from consent.models import Notice, NoticeDraft, NoticeText, NoticeVersion
from consent.queries.published import notice, published
from consent.services import notices
from staff import queries
from staff.services.people import NotAllowed
from tests.access.cast import Cast, kinds_since, last_event
from tests.consent.builders import TYPED, organisation
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
HIDDEN_SECTIONS = (
    drafting.METHOD,
    drafting.SENSITIVE,
    drafting.RECIPIENTS,
    drafting.RETENTION,
    drafting.RIGHTS,
)


@pytest.fixture
def cast():
    organisation()
    return Cast(clock())


@pytest.fixture
def officer(cast):
    return cast.officer()


def draft(cast, by, typed=TYPED, purposes=("service", "marketing"), **more):
    made = notices.add_notice(
        "counter", channel="counter", name_zh="柜台告知书", name_en="Counter notice", by=by, at=cast.at
    )
    return notices.write_draft(made, typed=typed, purposes=purposes, by=by, at=cast.at, **more)


def publish(cast, by, **more):
    proposal = notices.propose(draft(cast, by, **more), reason="first", by=by, at=cast.at)
    head = cast.person("head")
    return approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=head, at=cast.at).result


def without(section, language="en"):
    return {**TYPED, language: {code: text for code, text in TYPED[language].items() if code != section}}


def test_a_head_signs_and_the_text_is_published_in_both_languages(cast, officer):
    cast.person("head")
    start = last_event()
    version = publish(cast, officer)
    assert kinds_since(start) == [
        "consent.notice_drafted",
        "consent.notice_drafted",
        "approvals.proposed",
        "approvals.approved",
        "consent.notice_published",
        "approvals.applied",
    ]
    shown = notice("counter", 1, "en", cast.at)
    assert shown is not None
    assert (shown.title, shown.current, version.number) == ("Counter notice", True, 1)
    sections = {one.code: one for one in shown.sections}
    assert "Mobile number (necessary)" in sections["categories"].items
    assert sections["recipients"].items == ("nobody",)
    assert "ID number" in sections["sensitive"].items
    assert sections["controller"].text == "Example Ltd"
    assert any("36 months" in line for line in sections["retention"].items)
    chinese = notice("counter", 1, "zh-hans", cast.at)
    assert chinese is not None
    assert "手机号码（必要）" in {one.code: one for one in chinese.sections}["categories"].items
    assert chinese.sha256 != shown.sha256
    assert not NoticeDraft.objects.exists()


def test_says_on_what_a_purpose_rests_and_what_may_be_refused(cast):
    """What the form of a purpose promises that customers read (PIPL 13, 16, 24)."""
    known, in_force = catalogue(cast.at), purposes(cast.at)
    contract = replace(
        in_force["handling"],
        basis="contract",
        basis_reason_en="to carry out the order",
        necessary_for_service=True,
        service_reason_en="nothing can be sent without it",
        automated=False,
    )
    scored = replace(
        in_force["survey"],
        basis="consent",
        basis_reason_zh="",
        basis_reason_en="",
        necessary_for_service=False,
        automated=True,
    )
    controller = queries.organisation()
    assert controller is not None
    made = drafting.so_far("notice", TYPED, [contract, scored], known, controller)
    (lines,) = [one.items for one in made["en"] if one.code == drafting.PURPOSES]
    assert lines[0].endswith(
        "to conclude or fulfil a contract; to carry out the order; "
        "necessary for the service: nothing can be sent without it"
    )
    assert lines[1].endswith("decided automatically; you may refuse that and ask how it is decided")
    assert "necessary" not in lines[1]


def test_the_hash_is_that_of_the_text(cast, officer):
    cast.person("head")
    publish(cast, officer)
    shown = notice("counter", 1, "en", cast.at)
    assert shown is not None
    assert shown.sha256 == drafting.digest(shown.title, shown.sections)
    changed = [replace(shown.sections[0], text="Somebody else"), *shown.sections[1:]]
    assert drafting.digest(shown.title, changed) != shown.sha256


@pytest.mark.parametrize("section", HIDDEN_SECTIONS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_refuses_an_empty_section(cast, officer, section, language):
    with pytest.raises(drafting.Incomplete) as refused:
        notices.propose(
            draft(cast, officer, typed=without(section, language)), reason="", by=officer, at=cast.at
        )
    assert refused.value.missing == ((language, section),)


def test_what_is_not_sensitive_needs_no_word_on_sensitivity(cast, officer):
    written = draft(cast, officer, typed=without(drafting.SENSITIVE), purposes=("marketing",))
    content = notices.content_of(written, cast.at)
    assert "sensitive" not in {one["code"] for one in content["texts"]["en"]["sections"]}


def test_refuses_without_an_organisation(cast, officer):
    from staff.models import Organisation

    Organisation.objects.all().delete()
    with pytest.raises(notices.NoOrganisation):
        notices.propose(draft(cast, officer), reason="", by=officer, at=cast.at)


def test_a_draft_without_purposes_is_kept_but_not_proposed(cast, officer):
    written = draft(cast, officer, purposes=())
    with pytest.raises(notices.BadDraft, match="no_purpose"):
        notices.propose(written, reason="", by=officer, at=cast.at)


@pytest.mark.parametrize("role", ["agent", "supervisor", "security", "auditor"])
def test_only_the_officer_writes(cast, role):
    with pytest.raises(NotAllowed):
        draft(cast, cast.person(role))


def test_a_second_version_says_what_changed_and_whom_to_ask_again(cast, officer):
    cast.person("head")
    publish(cast, officer)
    with pytest.raises(notices.BadDraft, match="no_changes"):
        notices.propose(draft(cast, officer), reason="", by=officer, at=cast.at)
    typed = {language: {**TYPED[language], notices.CHANGES: "new recipients"} for language in TYPED}
    version = publish(cast, officer, typed=typed, renews=("marketing",))
    assert (version.number, version.renews, version.changes["en"]) == (2, ["marketing"], "new recipients")
    (found,) = published(cast.at)
    assert [one.number for one in found.versions] == [2, 1]
    first = notice("counter", 1, "en", cast.at)
    assert first is not None
    assert not first.current


def test_two_proposals_for_one_version_cannot_both_be_published(cast, officer):
    cast.person("head")
    first = notices.propose(draft(cast, officer), reason="", by=officer, at=cast.at)
    second = notices.propose(draft(cast, officer, purposes=("service",)), reason="", by=officer, at=cast.at)
    head = cast.person("head")
    approvals.approve(first.pk, seen_hash=first.content_hash, by=head, at=cast.at)
    with pytest.raises(approvals.NotSigned, match="cannot_apply"):
        approvals.approve(second.pk, seen_hash=second.content_hash, by=head, at=cast.at)
    assert NoticeVersion.objects.count() == 1


@pytest.mark.parametrize("table", [NoticeVersion, NoticeText])
def test_sql_of_the_application_changes_no_published_word(cast, officer, table):
    cast.person("head")
    publish(cast, officer)
    column = {"number": 9} if table is NoticeVersion else {"sha256": "f" * 64}
    for act in (lambda: table.objects.update(**column), lambda: table.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_security_policy_is_a_text_of_its_own(cast, officer):
    cast.person("head")
    made = notices.add_notice(
        "security_policy",
        kind="policy",
        channel="online",
        name_zh="安全政策",
        name_en="Security policy",
        by=officer,
        at=cast.at,
    )
    typed = {language: {drafting.BODY: "we encrypt"} for language in ("en", "zh-hans")}
    written = notices.write_draft(made, typed=typed, by=officer, at=cast.at)
    proposal = notices.propose(written, reason="", by=officer, at=cast.at)
    approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=cast.person("head"), at=cast.at)
    shown = notice("security_policy", 1, "en", cast.at)
    assert shown is not None
    assert [one.code for one in shown.sections] == ["controller", "body"]


def test_the_decision_shows_what_changes(cast, officer):
    from approvals.queries import lines

    cast.person("head")
    proposal = notices.propose(draft(cast, officer), reason="", by=officer, at=cast.at)
    with translation.override("en"):
        said = {str(one.label): str(one.after) for one in lines(proposal)}
    assert said["Version"] == "1"
    assert "nobody" in said["Who else receives it (en)"]
    assert len(said["SHA-256 (en)"]) == 64


def test_nothing_is_shown_before_it_is_published(cast):
    assert notice("counter", 1, "en", cast.at) is None
    assert published(cast.at) == ()
    assert not Notice.objects.filter(code=str(uuid4())[:8]).exists()

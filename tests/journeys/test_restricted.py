"""L4 from the customer's page to the restricted site and back to nothing, each side in its own role; exact events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from pypdf import PdfReader

from access import tasks
from access.models import UsageRequest
from approvals.models import Proposal
from consent.models import Evidence
from files.models import FileChunk, SealedFile
from files.services import NotReadable
from restricted import totp
from restricted.models import Factor, Request, Value
from staff.models import Freeze, Headship, Notification, Person, RoleHolding
from staff.roles import OFFICER, SUPERVISOR
from tests.access.cast import JOINED
from tests.consent.builders import FILE, organisation, published
from tests.database import APP, RESTRICTED, WORKER, log_in_as
from tests.desk.at_work import text
from tests.journeys.firm import Firm, Since
from tests.papers import WORDS
from tests.restricted.house import PASSWORD, REASON, House, id_of
from trail.actor import Actor
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
REPORT = "征信摘要：L4-CANARY"
THERE = {
    "ROOT_URLCONF": "custinfo.restricted_urls",
    "MIDDLEWARE": configured.RESTRICTED_MIDDLEWARE,
    "CSRF_FAILURE_VIEW": "desk.restricted.views.errors.no_csrf",
}


@contextmanager
def on_the_restricted_host() -> Iterator[None]:
    """Be the restricted process: its addresses, its middleware, its database roles."""
    log_in_as(RESTRICTED)
    try:
        with override_settings(**THERE):
            yield
    finally:
        log_in_as(APP)


@contextmanager
def as_worker() -> Iterator[None]:
    log_in_as(WORKER)
    try:
        yield
    finally:
        log_in_as(APP)


@pytest.fixture
def house(firm: Firm) -> House:
    return House(firm.cast)


class Watching(Since):
    """Read the trail as the application, because the restricted role may not."""

    def kinds(self) -> list[str]:
        here = {
            one.alias: {name: one.settings_dict[name] for name in ("USER", "PASSWORD")}
            for one in connections.all()
        }
        log_in_as(APP)
        try:
            return super().kinds()
        finally:
            log_in_as(here)


def seat(house: House, who: Actor) -> Client:
    client = Client()
    client.cookies[configured.RESTRICTED_COOKIE] = house.logged_in(who, at=clock())
    return client


def code(house: House, who: Actor) -> str:
    """Return a code of this moment; a test does not wait half a minute for the next."""
    Factor.objects.filter(person=id_of(who)).update(last_step=0)
    return house.code(who, at=clock())


def test_a_report_is_handed_over_asked_for_signed_and_shown(firm: Firm, house: House) -> None:
    agent = firm.at_work("agent")
    since = Watching()
    agent.post(f"{firm.page}apart/deposit/", field="credit_report", text=REPORT)
    assert since.kinds() == ["customer.deposited_apart"]
    with on_the_restricted_host():
        call_command("restricted_jobs", "--once")
        assert since.kinds() == ["restricted.taken_in"]
        value = Value.objects.get()
        page = f"/zh-hans/values/{value.pk}/"
        asker = seat(house, house.asker)
        starts, ends = re.findall(r'type="datetime-local" required value="([^"]+)"', text(asker.get(page)))
        form = {"purpose": "complaint", "reason": REASON, "starts_at": starts, "ends_at": ends}
        early = asker.post(f"{page}open/", {"code": code(house, house.asker)})
        assert "没有针对这条信息的已批准申请" in text(early)
        asked = asker.post(f"{page}ask/", form)["Location"]
        assert since.kinds() == ["restricted.login", "restricted.refused", "restricted.asked"]
        for signer in (house.head, house.officer):
            theirs = seat(house, signer)
            theirs.get(asked)
            theirs.post(f"{asked}sign/", {"code": code(house, signer), "accepted": "yes"})
            assert since.kinds() == ["restricted.login", "restricted.request_read", "restricted.signed"]
        used = code(house, house.asker)
        assert REPORT in text(asker.post(f"{page}open/", {"code": used}))
        assert REPORT not in text(asker.post(f"{page}open/", {"code": used}))
        assert since.kinds() == ["restricted.opened", "restricted.factor_refused"]
    assert Notification.objects.filter(person_id=id_of(house.officer), code="l4_request_waits").exists()
    words = agent.get(f"{firm.page}apart/")
    assert ("独立保管中" in words, "受限主机目前没有响应" in words, REPORT in words) == (True, False, False)

    # A leaver is out with the next request, frozen or gone, whatever was signed.
    Freeze.objects.create(person_id=id_of(house.asker), at=clock(), by_number="M1")
    with on_the_restricted_host():
        answer = asker.post(f"{page}open/", {"code": code(house, house.asker)})
        assert answer["Location"] == "/zh-hans/login/?ended=frozen"
        assert since.kinds() == ["restricted.session_ended"]


def forged_grant(who: Actor, value: Value) -> None:
    """Write rows that would be a live grant of the main site for this very value."""
    made = Proposal.objects.create(
        kind="usage.request",
        content={},
        content_hash="x",
        proposer_id=id_of(who),
        proposer_number=who.number,
        proposed_at=JOINED,
        expires_at=clock() + timedelta(days=1),
        applied_at=clock(),
    )
    UsageRequest.objects.create(
        proposal=made.pk,
        applicant_id=id_of(who),
        applicant_number=who.number,
        applicant_name=who.name,
        department="north",
        purpose="complaint",
        scenario="service",
        fields=[value.field],
        customers=[value.subject],
        tiers=["standard"],
        level=3,
        selection="one",
        starts_at=JOINED,
        ends_at=clock() + timedelta(days=1),
        output="screen",
        uses=9,
        reason=uuid4(),
        asked_at=JOINED,
    )


def test_rows_forged_in_the_main_data_let_nothing_out(firm: Firm, house: House) -> None:
    """Whoever owns the main site writes anything there: sessions, factors, roles, headships, grants. None of it counts
    here."""
    value = house.value()
    original = house.value("authorisation_original", "original L4-CANARY")
    insider = house.enrolled(SUPERVISOR)
    RoleHolding.objects.create(person_id=id_of(insider), role=OFFICER, since=JOINED)
    Headship.objects.create(
        person_id=id_of(insider), department=firm.cast.departments["north"], since=JOINED - timedelta(days=1)
    )
    main = firm.at_work(SUPERVISOR)
    forged_grant(insider, value)
    stranger = firm.cast.person(SUPERVISOR)
    secret = totp.new_secret()
    Authenticator.objects.create(user_id=id_of(stranger), type="totp", data={"secret": secret})
    Person.objects.filter(pk=id_of(stranger)).update(password=make_password(PASSWORD))
    with on_the_restricted_host():
        forged = Client()
        forged.cookies[configured.RESTRICTED_COOKIE] = main.client.cookies[
            configured.SESSION_COOKIE_NAME
        ].value
        assert forged.get("/en/")["Location"].startswith("/en/login/")
        form = {"number": stranger.number, "password": PASSWORD}
        theirs = Client()
        answer = theirs.post("/en/login/", form | {"code": totp.code_at(secret, totp.step_at(clock()))})
        assert (answer.status_code, theirs.get("/en/").status_code) == (422, 302)
        theirs = seat(house, insider)
        for one in (value, original):
            form = {"code": code(house, insider), "reason": REASON}
            answer = theirs.post(f"/en/values/{one.pk}/open/", form)
            assert "L4-CANARY" not in text(answer)
            assert REASON not in text(answer)
        made = house.asked(value)
        # Head and officer of the main data, a supervisor here: there is no seat for them.
        refused = theirs.post(
            f"/en/requests/{made.pk}/sign/", {"code": code(house, insider), "accepted": "yes"}
        )
        assert refused.status_code == 404
        assert not Request.objects.get(pk=made.pk).signatures.exists()


def test_a_confirmed_original_moves_to_l4_and_only_the_officer_sees_it(firm: Firm, house: House) -> None:
    from access.services import consents
    from consent.services.records import Answer

    organisation()
    version = published(firm.cast.at - timedelta(days=1), "service")
    (row,) = consents.record(
        firm.caller,
        version=version,
        language="zh-hans",
        answers=[Answer(purpose="service", yes=True)],
        method="paper",
        effective_at=firm.cast.at,
        uploads=[consents.Upload(content=FILE, kind="signed_file")],
        by=firm.cast.supervisor(),
        at=firm.cast.at,
    )
    since = Watching()
    with as_worker():
        tasks.move_originals()
    assert since.kinds() == [], "it waits for its second person"
    consents.confirm(row.ref, accepted=True, by=house.head, at=clock())
    with as_worker():
        tasks.move_originals()
        tasks.move_originals()
    handed = ["consent.original_handed_over", "customer.deposited_apart"]
    assert since.kinds() == ["consent.confirmed", *handed]
    proof = Evidence.objects.get()
    assert proof.file is not None
    with pytest.raises(NotReadable):
        consents.show_evidence(proof.pk, by=house.officer, at=clock())
    with on_the_restricted_host():
        call_command("restricted_jobs", "--once")
    with as_worker():
        tasks.move_originals()
    assert since.kinds() == ["restricted.taken_in", "files.destroyed"]
    assert SealedFile.objects.get(pk=proof.file).destroyed_at is not None
    assert not FileChunk.objects.filter(file_id=proof.file).exists()
    with on_the_restricted_host():
        page = f"/en/values/{Value.objects.get().pk}/"
        officer, head = seat(house, house.officer), seat(house, house.head)
        since.kinds()
        form = {"code": code(house, house.officer), "reason": REASON}
        assert WORDS in PdfReader(BytesIO(officer.post(f"{page}open/", form).content)).pages[0].extract_text()
        form = {"code": code(house, house.head), "reason": REASON}
        assert head.post(f"{page}open/", form).status_code == 422
        assert since.kinds() == ["restricted.opened", "restricted.refused"]

"""One-time links: checked with three tries, answered once, and silent about everything else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent import links
from consent.models import ConsentLink, ConsentRecord, LinkTry, Receipt
from consent.problems import ConsentRefused
from consent.queries.states import states
from consent.services import answers, records
from consent.services import links as making
from tests.access.cast import Cast, kinds_since, last_event
from tests.consent.builders import Answering, published
from trail.actor import Actor
from trail.services import clock
from vault.transform import check_code_of

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CUSTOMER = Actor(id=None, number="", name="", mode="public", ip="203.0.113.7")
HELD = "154 0000 0018"


@pytest.fixture
def desk():
    cast = Cast(clock())
    return Answering(published(cast.at, "service", "marketing"), cast.agent())


def make(desk, at, purposes=("service", "marketing")):
    token = links.new_token()
    mac = check_code_of("mobile", "15400000018", links.check_key(token))
    check = making.Check(
        field="mobile", kind="mobile", names={"en": "Mobile number", "zh-hans": "手机号码"}, mac=mac
    )
    making.make(
        token, desk.exposed, version=desk.version, purposes=purposes, language="en", check=check, via="print",
        by=desk.by, at=at,
    )  # fmt: skip
    return token


def answer(token, at, **more):
    yes = more.pop("answers", {"service": True, "marketing": False})
    return answers.answer(
        token,
        yes,
        separate=more.pop("separate", ()),
        language="en",
        device="a phone",
        by=CUSTOMER,
        at=at,
        **more,
    )


def test_the_customer_passes_the_check_and_answers_once(desk):
    at = clock()
    start = last_event()
    token = make(desk, at)
    assert answers.open_link(token, by=CUSTOMER, at=at)
    assert answers.check(token, HELD, by=CUSTOMER, at=at).matches
    receipt, _ = answer(token, at)
    assert kinds_since(start) == [
        "consent.link_made",
        "consent.link_opened",
        "consent.link_checked",
        "consent.recorded",
    ]
    found = states([desk.subject], at)
    assert found[desk.subject, "service"].state == "given"
    assert found[desk.subject, "marketing"].state == "refused"
    assert found[desk.subject, "service"].has_evidence
    assert links.look_up(token, at=at) is None
    with pytest.raises(answers.LinkOver):
        answer(token, at)
    with links.showing(receipt):
        assert answers.by_receipt(receipt)


def test_nobody_answers_without_the_check(desk):
    at = clock()
    with pytest.raises(answers.LinkOver):
        answer(make(desk, at), at)
    assert not ConsentRecord.objects.exists()


def test_three_wrong_tries_end_the_link(desk):
    at = clock()
    token = make(desk, at)
    left = []
    for _ in range(3):
        checked = answers.check(token, "15400000026", by=CUSTOMER, at=at)
        left.append(checked.link.tries_left if checked.link else None)
    assert left == [2, 1, None]
    assert answers.check(token, HELD, by=CUSTOMER, at=at) == answers.Checked(None, matches=False)
    assert LinkTry.objects.count() == 3


def test_expires(desk):
    at = clock()
    token = make(desk, at)
    assert links.look_up(token, at=at + links.LIFETIME - timedelta(seconds=1))
    assert links.look_up(token, at=at + links.LIFETIME) is None


@pytest.mark.parametrize("token", ["", "x", "ü" * 50, "T" * 43, "\ud800"])
def test_an_unknown_token_is_like_one_that_is_over(token):
    at = clock()
    assert links.look_up(token, at=at) is None
    assert answers.open_link(token, by=CUSTOMER, at=at) is None
    assert answers.check(token, HELD, by=CUSTOMER, at=at) == answers.Checked(None, matches=False)


def test_a_purpose_without_an_answer_records_nothing(desk):
    at = clock()
    token = make(desk, at)
    answers.check(token, HELD, by=CUSTOMER, at=at)
    with pytest.raises(answers.AnswersIncomplete) as missing:
        answer(token, at, answers={"service": True})
    assert missing.value.codes == ("marketing",)
    assert not Receipt.objects.exists()
    assert answer(token, at)


def test_sensitive_fields_are_covered_by_their_own_tick_alone(desk):
    at = clock()
    for separate in ((), ("service",)):
        token = make(replace(desk, subject=desk.subject), at, purposes=("service",))
        answers.check(token, HELD, by=CUSTOMER, at=at)
        answer(token, at, answers={"service": True}, separate=separate)
        state = states([desk.subject], at)[desk.subject, "service"]
        assert ("resident_id" in state.fields) is bool(separate)


def test_the_receipt_alone_withdraws_and_twice_is_once(desk):
    at = clock()
    token = make(desk, at)
    answers.check(token, HELD, by=CUSTOMER, at=at)
    receipt, _ = answer(token, at)
    later = at + timedelta(seconds=1)
    for _ in range(2):
        answers.withdraw(receipt, {"service"}, by=CUSTOMER, at=later)
    assert states([desk.subject], later)[desk.subject, "service"].state == "withdrawn"
    assert ConsentRecord.objects.filter(answer="withdrawn").count() == 1
    with pytest.raises(answers.LinkOver):
        answers.withdraw(links.new_token(), {"service"}, by=CUSTOMER, at=later)


def test_the_database_keeps_neither_token_nor_value(desk):
    at = clock()
    token = make(desk, at)
    row = ConsentLink.objects.get()
    kept = b"".join((bytes(row.token_sha256), bytes(row.check_mac)))
    assert token.encode() not in kept
    assert b"15400000018" not in kept
    assert bytes(row.check_mac) != check_code_of("mobile", "15400000018", links.check_key(links.new_token()))


def test_does_not_ask_again_soon_after_a_refusal(desk):
    at = clock()
    desk.record(False, at=at, purpose="marketing")
    with pytest.raises(ConsentRefused) as refused:
        make(desk, at + timedelta(days=1))
    assert refused.value.code == "refused_lately"
    assert refused.value.params["purpose"] == "marketing"
    assert make(desk, at + timedelta(days=1), purposes=("service",))
    assert make(desk, at + timedelta(days=200))


def test_asks_only_for_purposes_of_the_version(desk):
    at = clock()
    with pytest.raises(ConsentRefused, match="unknown_purpose"):
        make(desk, at, purposes=("service", "survey"))
    with pytest.raises(ConsentRefused, match="no_answer"):
        make(desk, at, purposes=())


def test_the_circumstances_are_kept_and_proven(desk):
    at = clock()
    token = make(desk, at)
    answers.check(token, HELD, by=CUSTOMER, at=at)
    answer(token, at, staff_browser=True)
    row = ConsentRecord.objects.get(purpose="service")
    assert (row.ip, row.device, row.staff_browser, row.captured_by_id) == (
        "203.0.113.7",
        "a phone",
        True,
        None,
    )
    proof = row.evidence.get()
    assert (proof.kind, proof.sha256) == ("system_log", records.log_digest(row))

"""Showing a value: an approved request, a fresh code, the event, then the value."""

from datetime import timedelta

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from restricted.models import Opening, Request, Signature, Value
from restricted.services import requests
from restricted.services.openings import OpeningRefused, open_value
from staff.models import RoleHolding
from staff.roles import AGENT, OFFICER, SUPERVISOR
from tests.access.cast import JOINED, exposures_since, kinds_since, last_event
from tests.restricted.house import REASON, REPORT, House, id_of
from vault.envelope import CannotOpen

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def refused(act) -> str:
    with pytest.raises(OpeningRefused) as problem:
        act()
    return problem.value.code


def test_shows_one_value_against_a_request_signed_by_both(house: House) -> None:
    value = house.value()
    made = house.approved(value)
    start = last_event()
    shown = open_value(value.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    assert shown.content.decode() == REPORT
    assert kinds_since(start) == ["restricted.opened"]
    (seen,) = exposures_since(start)
    assert (seen.customer, seen.clear, seen.level, seen.act) == (
        value.subject,
        ["credit_report"],
        4,
        "revealed",
    )
    assert Opening.objects.get().request == made
    assert REPORT not in repr(shown)


def test_wants_a_fresh_code_for_each_value(house: House) -> None:
    value = house.value()
    house.approved(value)
    code = house.code(house.asker)
    open_value(value.pk, code=code, by=house.asker, at=house.at)
    start = last_event()
    again = lambda code: open_value(value.pk, code=code, by=house.asker, at=house.at)  # noqa: E731
    assert refused(lambda: again(code)) == "code"
    assert refused(lambda: again("")) == "code"
    assert kinds_since(start) == ["restricted.factor_refused"] * 2
    assert again(house.code(house.asker, later=1)).content.decode() == REPORT


def test_counts_wrong_codes(house: House) -> None:
    value = house.value()
    house.approved(value)
    for _ in range(5):
        assert refused(lambda: open_value(value.pk, code="000000", by=house.asker, at=house.at)) == "code"
    right = house.code(house.asker)
    assert refused(lambda: open_value(value.pk, code=right, by=house.asker, at=house.at)) == "too_many"
    later = house.at + timedelta(minutes=6)
    code = house.code(house.asker, at=later)
    assert open_value(value.pk, code=code, by=house.asker, at=later).content


@pytest.mark.parametrize("signers", [(), ("head",), ("officer",)])
def test_refuses_without_both_signatures(house: House, signers: tuple[str, ...]) -> None:
    value = house.value()
    made = house.asked(value)
    for name in signers:
        signer = getattr(house, name)
        requests.sign(made.pk, accepted=True, code=house.code(signer), by=signer, at=house.at)
    start = last_event()
    code = house.code(house.asker)
    assert refused(lambda: open_value(value.pk, code=code, by=house.asker, at=house.at)) == "no_grant"
    assert kinds_since(start) == ["restricted.refused"]
    assert Opening.objects.count() == 0


def test_refuses_after_one_of_them_said_no(house: House) -> None:
    value = house.value()
    made = house.asked(value)
    requests.sign(made.pk, accepted=True, code=house.code(house.head), by=house.head, at=house.at)
    requests.sign(made.pk, accepted=False, code=house.code(house.officer), by=house.officer, at=house.at)
    code = house.code(house.asker)
    assert refused(lambda: open_value(value.pk, code=code, by=house.asker, at=house.at)) == "no_grant"


def test_refuses_before_it_begins_and_from_the_second_it_ends(house: House) -> None:
    value = house.value()
    made = house.approved(value, begins=1)
    for at, wanted in (
        (made.starts_at - timedelta(seconds=1), "no_grant"),
        (made.starts_at, ""),
        (made.ends_at - timedelta(seconds=1), ""),
        (made.ends_at, "no_grant"),
    ):
        code = house.code(house.asker, at=at)
        act = lambda: open_value(value.pk, code=code, by=house.asker, at=at)  # noqa: B023, E731
        assert (refused(act) if wanted else act().content.decode()) == (wanted or REPORT)


def test_a_grant_is_good_for_its_value_and_its_applicant_only(house: House) -> None:
    value, other = house.value(), house.value()
    house.approved(value)
    colleague = house.enrolled(SUPERVISOR)
    assert refused(lambda: open_value(other.pk, code="x", by=house.asker, at=house.at)) == "no_grant"
    for somebody in (colleague, house.head, house.officer):
        assert refused(lambda: open_value(value.pk, code="x", by=somebody, at=house.at)) == "no_grant"  # noqa: B023


def test_an_edited_request_is_not_what_was_approved(house: House) -> None:
    value = house.value()
    made = house.approved(value)
    with pytest.raises(DatabaseError, match="permission denied"):
        Request.objects.filter(pk=made.pk).update(purpose="service")


def test_a_signature_of_another_content_counts_for_nothing(house: House) -> None:
    value = house.value()
    made = house.asked(value)
    for seat, signer in (("head", house.head), ("officer", house.officer)):
        Signature.objects.create(
            request=made,
            seat=seat,
            person=id_of(signer),
            number=signer.number,
            name=signer.name,
            accepted=True,
            content_sha256=b"\0" * 32,
            at=house.at,
        )
    assert refused(lambda: open_value(value.pk, code="x", by=house.asker, at=house.at)) == "no_grant"


def test_the_officer_alone_sees_an_original_with_a_reason(house: House) -> None:
    value = house.value("authorisation_original", "%PDF-原件", media_type="application/pdf")
    for somebody in (house.asker, house.head):
        act = lambda: open_value(value.pk, code="x", reason="看看", by=somebody, at=house.at)  # noqa: B023, E731
        assert refused(act) == "officer_alone"
    bare = lambda: open_value(value.pk, code="x", reason=" ", by=house.officer, at=house.at)  # noqa: E731
    assert refused(bare) == "reason_missing"
    start = last_event()
    shown = open_value(
        value.pk, code=house.code(house.officer), reason="核对签字", by=house.officer, at=house.at
    )
    assert shown.content.decode() == "%PDF-原件"
    assert kinds_since(start) == ["restricted.opened"]
    assert bytes(Opening.objects.get().reason or b"")[:1] == b"\x01"


def test_a_value_moved_to_another_row_does_not_open(house: House) -> None:
    value = house.value("authorisation_original")
    report = house.value()
    with connections["restricted"].cursor() as cursor:
        cursor.execute(
            "update restricted_valuepart part set sealed = other.sealed from restricted_valuepart other"
            " where part.value_id = %s and other.value_id = %s",
            [value.pk, report.pk],
        )
    with pytest.raises(CannotOpen):
        open_value(value.pk, code=house.code(house.officer), reason=REASON, by=house.officer, at=house.at)


def test_a_report_called_an_original_does_not_open_for_the_officer(house: House) -> None:
    value = house.value()
    Value.objects.filter(pk=value.pk).update(field="authorisation_original")
    with pytest.raises(CannotOpen):
        open_value(value.pk, code=house.code(house.officer), reason=REASON, by=house.officer, at=house.at)


def test_shows_nothing_while_the_trail_refuses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from trail import services as trail

    value = house.value()
    house.approved(value)

    def refuse(*args, **kwargs):
        raise trail.TrailUnavailable

    monkeypatch.setattr(trail, "record", refuse)
    with pytest.raises(trail.TrailUnavailable):
        open_value(value.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    assert Opening.objects.count() == 0


def test_a_role_given_in_the_main_data_alone_is_none_here(house: House) -> None:
    """Whoever owns the main site makes themselves an officer there; here they stay what they were enrolled as."""
    from restricted.services import sessions

    value = house.value("authorisation_original")
    insider = house.enrolled(SUPERVISOR)
    RoleHolding.objects.create(person_id=id_of(insider), role=OFFICER, since=JOINED)
    token = house.logged_in(insider)
    going, _ = sessions.go_on(token, ip="127.0.0.1", at=house.at)
    assert going is not None
    assert going.actor.roles == {SUPERVISOR}
    act = lambda: open_value(value.pk, code="x", reason=REASON, by=going.actor, at=house.at)  # noqa: E731
    assert refused(act) == "officer_alone"
    outsider = house.enrolled(AGENT, here=())
    RoleHolding.objects.create(person_id=id_of(outsider), role=OFFICER, since=JOINED)
    with pytest.raises(sessions.LoginRefused):
        house.logged_in(outsider)

"""A batch that was destroyed is gone everywhere, and its record says so."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from access.services import export
from customers import erasing
from customers.models import Customer, IndexEntry, ValueChange
from customers.proofs import SOURCE_PROOF
from customers.rekey import resealing
from customers.services import contacts, records
from customers.values import DOMAIN, place
from customers.verification.looking import Found, look_at_all
from files import apart, events
from files.apart import Given
from files.models import SealedFile, SealedText
from files.services import put_file, put_text, read_texts
from jobs import running
from retention import certificate
from retention.destroying import concluding, run
from retention.models import DestructionRecord
from retention.queries.batches import Stage, standing
from retention.queries.recipients import told
from retention.records import verified
from retention.replaying import replay
from retention.services import recipients, systems
from staff.models import Notification, Person
from staff.services.people import NotAllowed
from tests.customers.builders import bulk_make, synthetic_values
from tests.database import APP, RESTRICTED, WORKER, log_in_as
from tests.desk.at_work import browser, search
from tests.desk.at_work import text as words_of
from tests.retention.builders import hold
from tests.retention.destroying import approved, destroyed, proposed
from tests.retention.heap import bytes_of
from tests.staff.company import bound
from trail.models import Event
from trail.services import clock
from trail.services import record as trail_record
from vault.keyring import keys_for
from vault.models import DataKey, JournalEntry, Tombstone
from vault.opening import TEXTS
from vault.transform import unchanged

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


def last_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def tampered() -> list[Found]:
    return [one for looked in look_at_all() for one in looked.found if one.code != "untold"]


def as_restricted_host(act: Callable[[], None]) -> None:
    """Do what the restricted host alone may do in the main data."""
    log_in_as(RESTRICTED)
    act()
    log_in_as(WORKER)


def test_leaves_nothing_of_a_batch_and_everything_of_the_others(worker_house):
    house, at = worker_house, clock()
    refs = bulk_make(6, portfolio=house.north, at=at)
    going, staying = refs[:4], refs[4:]
    note = put_text("note", about="n", subject=going[0], by=house.agent, at=at)
    file = put_file(BytesIO(b"x"), name="n", purpose="p", by=house.agent, at=at, subject=going[0])
    contacts.touch(ref=going[0], by=house.agent, at=at)
    wrapped = [bytes(row.wrapped) for row in DataKey.objects.filter(subject__in=going)]
    digests = [bytes(row.digest) for row in IndexEntry.objects.filter(customer__ref__in=going)]
    keys, index = "vault_datakey", "customers_indexentry"
    before = bytes_of("keyring", keys), bytes_of("default", index)
    assert all(one in before[0] for one in wrapped), "the look at the files finds what is there"
    assert all(one in before[1] for one in digests)
    start = last_event()
    record = destroyed(proposed(going), house)
    assert set(Customer.objects.values_list("ref", flat=True)) == set(staying)
    assert not DataKey.objects.filter(subject__in=[*going, file.id]).exists()
    assert DataKey.objects.filter(subject__in=staying, domain=DOMAIN).count() == 2
    assert SealedText.objects.filter(pk=note).exists(), "the row stays, unreadable"
    assert SealedFile.objects.get(pk=file.id).destroyed_at is not None
    assert set(JournalEntry.objects.values_list("subject", flat=True)) == set(going)
    assert Tombstone.objects.count() == 2 * 4
    after = bytes_of("keyring", keys), bytes_of("default", index)
    assert not [one for one in wrapped if one in after[0]]
    assert not [one for one in digests if one in after[1]]
    content = record.content
    assert (content["before"]["customers"], content["before"]["contacts"]) == (4, 1)
    assert set(content["left"].values()) == {0}
    assert content["levels"]["L3"] == 4 * 5
    assert content["attempts"] > 0
    assert (content["opened"], content["found"], content["looked"]) == (0, 0, len(digests))
    assert verified(record)
    kinds = list(Event.objects.filter(id__gt=start).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "retention.batch_proposed",
        "approvals.proposed",
        "approvals.approved",
        "approvals.applied",
        "files.erased",
        "customer.erased",
        "retention.destroyed",
    ]
    assert certificate.certificate(record, by=house.officer, at=clock()).startswith(b"%PDF")


def test_names_who_received_values_and_keeps_that_they_were_told(worker_house):
    house = worker_house
    refs = bulk_make(2, portfolio=house.north, at=clock())
    fetched, _never = (
        export.export_masked(refs, "csv", how="list", by=house.supervisor, at=clock()) for _ in range(2)
    )
    export.fetch(fetched.id, by=house.supervisor, at=clock())
    record = destroyed(proposed(refs[:1]), house)
    ((one, row),) = told(record)
    assert (one["to"], one["customers"], row) == (house.supervisor.number, 1, None)
    assert next(one for one in record.content["copies"] if one["what"] == "exports_handed_out")["number"] == 1
    assert Notification.objects.filter(code="recipients_wait").exists()
    officer, today = house.officer, timezone.localdate(clock())
    for day, how, number in ((today + timedelta(days=1), "mail", one["export"]), (today, "crow", one["export"]),
                             (today, "mail", 0)):  # fmt: skip
        with pytest.raises(recipients.NotNoted):
            recipients.tell(record, number, told_on=day, how=how, by=officer, at=clock())
    with pytest.raises(NotAllowed):
        recipients.tell(record, one["export"], told_on=today, how="mail", by=house.head, at=clock())
    recipients.tell(record, one["export"], told_on=today, how="mail", by=officer, at=clock())
    with pytest.raises(recipients.NotNoted, match="told_already"):
        recipients.tell(record, one["export"], told_on=today, how="phone", by=officer, at=clock())
    assert Event.objects.latest("id").kind == "retention.recipient_told"
    (shown,) = certificate.recipients(record)
    assert (shown.waits, officer.number in shown.told) == (False, True)
    assert verified(record)


def test_whoever_was_erased_is_found_by_no_page_and_no_search(worker_house):
    house = worker_house
    said = {"full_name": "欧阳示例", "mobile": "15400000018", "email": "a.nobody@example.com"}
    ref = records.create(
        number="GONE-1", portfolio=house.north.code, values=said, scenario="maintenance", source="customer",
        by=house.agent, at=clock(),
    ).ref  # fmt: skip
    for one in (house.agent, house.officer):
        bound(Person.objects.get(pk=one.id))
    agent, officer = browser(house.agent), browser(house.officer)
    asked = ("GONE-1", said["mobile"], said["full_name"])
    pages = ("/customers/list/", "/retention/due/", "/")
    assert all("GONE-1" in words_of(search(agent, typed)) for typed in asked)
    assert "GONE-1" in words_of(agent.get("/customers/list/"))
    assert agent.get(f"/customers/{ref}/").status_code == 200
    destroyed(proposed([ref]), house)
    log_in_as(APP)
    told = [words_of(search(agent, typed)) for typed in asked] + [words_of(agent.get(page)) for page in pages]
    told += [words_of(search(officer, "GONE-1")), words_of(officer.get("/customers/list/"))]
    assert not [words for words in told[3:] if "欧阳示例" in words]
    for words in told:
        assert f"/customers/{ref}/" not in words
    assert {
        client.get(f"/customers/{ref}/{page}").status_code
        for client in (agent, officer)
        for page in ("", "edit/")
    } <= {403, 404}


def test_bytes_of_open_values_leave_their_files_when_they_are_rewritten(worker_house):
    house, name = worker_house, "欧阳示例甲乙"
    ref = records.create(
        number="GONE-2", portfolio=house.north.code, values={"full_name": name}, scenario="maintenance",
        source="customer", by=house.agent, at=clock(),
    ).ref  # fmt: skip
    tables = ("customers_customer", "customers_valuechange")
    assert name.encode() in bytes_of("default", *tables)
    destroyed(proposed([ref]), house)
    erasing.rewrite_open_values()
    assert name.encode() not in bytes_of("default", *tables)


def test_is_no_tampering_but_a_record_that_comes_back_is(worker_house):
    house = worker_house
    values = {"full_name": "欧阳示例", "mobile": "15400000018", "email": "a.nobody@example.com"}
    ref = records.create(
        number="A1", portfolio=house.north.code, values=values, scenario="maintenance", source="customer",
        by=house.agent, at=clock(),
    ).ref  # fmt: skip
    held = Customer.objects.get(ref=ref)
    destroyed(proposed([ref]), house)
    assert not [one for one in tampered() if one.customer == ref]
    held.save(force_insert=True)
    assert [one.code for one in tampered() if one.customer == ref] == ["inserted"]
    assert replay(at=clock()).customers == 1
    assert not Customer.objects.filter(ref=ref).exists()
    assert replay(at=clock()).customers == 0


def test_keeps_what_a_hold_keeps(worker_house):
    house = worker_house
    refs = bulk_make(3, portfolio=house.north, at=clock())
    hold(refs[0], house.officer, clock())
    record = destroyed(proposed(refs), house)
    assert list(Customer.objects.values_list("ref", flat=True)) == [refs[0]]
    assert (record.content["held"], record.content["customers"]) == (1, 2)
    assert not JournalEntry.objects.filter(subject=refs[0]).exists()


def test_says_that_nothing_was_destroyed_where_all_is_held_and_has_nobody_told(worker_house):
    house, at = worker_house, clock()
    (ref,) = bulk_make(1, portfolio=house.north, at=at)
    systems.save(
        None,
        name="s",
        owner="o",
        contact="c",
        how="mail",
        fields=[],
        categories=["basic"],
        by=house.officer,
        at=at,
    )
    hold(ref, house.officer, at)
    record = destroyed(proposed([ref]), house)
    assert (record.content["held"], record.content["customers"], record.content["systems"]) == (1, 0, [])
    assert standing(record.batch, clock()).stage is Stage.KEPT
    assert not Notification.objects.filter(code="recipients_wait").exists()


def test_ends_a_field_again_in_data_restored_from_before_its_key_was_destroyed(worker_house, monkeypatch):
    monkeypatch.setattr(resealing, "READERS_ARE_DONE", timedelta(0))
    house = worker_house
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    before = Customer.objects.get(ref=ref)
    destroyed(proposed([ref], "mobile"), house)
    Customer.objects.filter(ref=ref).update(sealed=before.sealed, open=before.open, origins=before.origins)
    assert replay(at=clock()).fields == 1
    now = Customer.objects.get(ref=ref)
    assert now.sealed.keys() == before.sealed.keys() - {"mobile"}, (
        "the others are lost with their key, and stay"
    )
    assert replay(at=clock()).fields == 0


def test_ends_single_fields_and_seals_the_others_anew(worker_house, monkeypatch):
    monkeypatch.setattr(resealing, "READERS_ARE_DONE", timedelta(0))
    house = worker_house
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    held = Customer.objects.get(ref=ref)
    ValueChange.objects.create(
        customer=held, field="mobile", text="154****0018", level=3, at=clock(), by_number="A"
    )
    old = {**held.sealed}
    for code in ("mobile", "email"):
        systems.save(None, name=code, owner="o", contact="c", how="mail", fields=[code], categories=[],
                     by=house.officer, at=clock())  # fmt: skip
    record = destroyed(proposed([ref], "mobile", "city"), house)
    assert [one["name"] for one in record.content["systems"]] == ["mobile"]
    now = Customer.objects.get(ref=ref)
    assert not {"mobile", "city"} & {*now.sealed, *now.open, *now.origins}
    assert list(DataKey.objects.filter(subject=ref, domain=DOMAIN).values_list("version", flat=True)) == [2]
    keys = keys_for([ref], DOMAIN)
    for code, text in now.sealed.items():
        assert text != old[code]
        assert unchanged(text, place(ref, code), keys, synthetic_values(0)[code])
    assert not IndexEntry.objects.filter(customer=now, field="mobile").exists()
    assert IndexEntry.objects.filter(customer=now, field="resident_id").exists()
    assert not ValueChange.objects.filter(customer=now).exists()
    assert not Tombstone.objects.exists()
    assert not [one for one in tampered() if one.customer == ref and one.code == "changed"]


def test_ends_the_proofs_of_the_fields_and_leaves_every_other_text(worker_house, monkeypatch):
    monkeypatch.setattr(resealing, "READERS_ARE_DONE", timedelta(0))
    house, at = worker_house, clock()
    (ref,) = bulk_make(1, portfolio=house.north, at=at)
    own, shared = (
        put_text(one, about=SOURCE_PROOF, subject=ref, by=house.agent, at=at) for one in ("o", "s")
    )
    note = put_text("note", about="n", subject=ref, by=house.agent, at=at)
    customer = Customer.objects.get(ref=ref)
    for code, proof in (("mobile", own), ("city", shared), ("email", shared)):
        customer.origins[code] |= {"proof": str(proof)}
    customer.save()
    record = destroyed(proposed([ref], "mobile", "city"), house)
    assert list(DataKey.objects.filter(subject=ref, domain=TEXTS).values_list("version", flat=True)) == [2]
    receipt = trail_record(events.READ, by=house.agent, at=clock(), facts={"file": "", "file_purpose": ""},
                           opens=[own, shared, note])  # fmt: skip
    assert read_texts([shared, note], receipt=receipt) == {shared: "s", note: "note"}
    assert not SealedText.objects.filter(
        pk=own
    ).exists()  # or the next rotation would say that it does not open
    copies = {one["what"]: one["number"] for one in record.content["copies"]}
    assert (copies["proofs"], copies["proofs_shared"]) == (1, 1)


def test_does_not_end_a_value_that_was_collected_later(worker_house):
    (ref,) = bulk_make(1, portfolio=worker_house.north, at=clock())
    before = clock() - timedelta(days=1)
    gone = erasing.erase_fields(
        ref, ["mobile"], record_id=ref, by=run.ACTOR, at=clock(), collected_until=before
    )
    assert gone == ()
    assert "mobile" in Customer.objects.get(ref=ref).sealed


def test_waits_for_the_restricted_host(worker_house):
    house = worker_house
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    given = Given(subject=ref, field="credit_report", content=b"x", text=True)
    value = apart.deposit(given, by=house.agent, at=clock())
    as_restricted_host(lambda: apart.dealt_with(value, at=clock()))
    batch = proposed([ref])
    job = approved(batch, house)
    running.run(job.pk, run.run)
    assert standing(batch, clock()).stage is Stage.APART
    assert not DestructionRecord.objects.exists()
    assert concluding.conclude_waiting(at=clock()) == 0
    (order,) = apart.orders()
    as_restricted_host(lambda: apart.destroyed(order, at=clock()))
    assert concluding.conclude_waiting(at=clock()) == 1
    assert concluding.conclude_waiting(at=clock()) == 0
    record = DestructionRecord.objects.get(batch=batch)
    assert next(one for one in record.content["copies"] if one["what"] == "apart")["number"] == 1

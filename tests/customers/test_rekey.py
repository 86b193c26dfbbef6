"""Data keys are rotated while reads and writes go on: nothing is lost, and the old versions end."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from custody.words import unreadable_words
from customers import rotating
from customers.models import Customer
from customers.rekey import resealing
from customers.rekey.resealing import end_old_keys
from customers.rekey.scope import NoSuchScope
from customers.rotating import REINDEX, REKEY, RESEAL, AlreadyRotating
from customers.services import records
from customers.values import place
from customers.verification.looking import look_at_all
from files import services as files
from files.models import FileChunk, SealedFile, SealedText
from jobs import services as jobs
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.rotating import BY, begin, rotate, work
from tests.files.conftest import ann, at
from tests.processes import wait_until
from trail.models import Event
from trail.services import clock
from vault.keyring import keys_for
from vault.models import DataKey
from vault.opening import EVIDENCE, CannotOpen
from vault.rekeying import destroy_superseded, lies_under, next_keys
from vault.suites import sealing_suite
from vault.transform import mask, unchanged

__all__ = ["ann", "at"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


def headers(refs) -> set[tuple[int, int]]:
    rows = Customer.objects.filter(ref__in=refs)
    return {lies_under(text[:8]) for row in rows for text in row.sealed.values()}


def versions(refs) -> set[int]:
    return set(DataKey.objects.filter(subject__in=refs, domain="L3").values_list("version", flat=True))


def opens(refs) -> None:
    keys = keys_for(refs, "L3")
    for number, ref in enumerate(refs):
        held = Customer.objects.get(ref=ref).sealed
        assert set(held) >= {"mobile", "resident_id", "address", "email", "bank_card"}
        for code, text in held.items():
            assert unchanged(text, place(ref, code), keys, synthetic_values(number)[code]), code


def tampered() -> list[object]:
    return [one for looked in look_at_all() for one in looked.found if one.code == "changed"]


def test_rotates_a_portfolio_and_nobody_else(committed_house, worker, no_wait):
    refs = bulk_make(12, portfolio=committed_house.north, at=clock())
    others = bulk_make(3, portfolio=committed_house.south, at=clock(), prefix="S")
    before = dict(Customer.objects.values_list("ref", "sealed"))

    job = rotate(REKEY, scope="portfolio", id="N1")

    assert (headers(refs), versions(refs)) == ({(1, 2)}, {2})
    assert (headers(others), versions(others)) == ({(1, 1)}, {1})
    opens(refs)
    assert tampered() == []
    assert job.outcome == {
        "customers": 12,
        "values": 60,
        "files": 0,
        "texts": 0,
        "unreadable": 0,
        "destroyed": 12,
    }
    assert Event.objects.filter(kind="customers.rekeyed", facts__job=str(job.pk)).count() == 1
    with pytest.raises(CannotOpen):
        mask("mobile", before[refs[0]]["mobile"], place(refs[0], "mobile"), keys_for(refs, "L3"))


def test_rotates_one_customer_again_and_again(committed_house, worker, no_wait):
    one, other = bulk_make(2, portfolio=committed_house.north, at=clock())
    for version in (2, 3):
        rotate(REKEY, scope="customer", id=str(one))
        assert (headers([one]), versions([one])) == ({(1, version)}, {version})
    assert versions([other]) == {1}


def test_keeps_a_form_that_was_opened_before_good(committed_house, worker, no_wait):
    (ref,) = bulk_make(1, portfolio=committed_house.north, at=clock())
    seen = Customer.objects.get(ref=ref).version
    rotate(REKEY)

    saved = records.edit(
        ref=ref,
        version=seen,
        values={"mobile": "15400000018"},
        scenario="handling",
        source="customer",
        by=committed_house.agent,
        at=clock(),
    )

    assert saved.fields == ("mobile",)
    assert tampered() == []


def test_an_edit_that_read_its_keys_before_survives_the_end_of_those(committed_house, worker):
    (ref,) = bulk_make(1, portfolio=committed_house.north, at=clock())
    row = Customer.objects.get(ref=ref)
    del row.sealed["address"]  # or comparing with what is held would tell the edit of newer keys
    row.save(update_fields=["sealed"])

    def edit() -> None:
        try:
            records.edit(
                ref=ref,
                version=1,
                values={"address": "1 Harbour Road"},
                scenario="handling",
                source="customer",
                by=committed_house.agent,
                at=clock(),
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Customer.objects.select_for_update().get(ref=ref)
            writer = pool.submit(edit)
            wait_until(somebody_waits, what="the edit to wait for the row")
            at = clock()
            resealing.reseal([ref], next_keys([ref], "L3", since=at, at=at), job="", by=BY, at=at)
        writer.result()
    end_old_keys([ref])

    held = Customer.objects.get(ref=ref).sealed["address"]
    assert unchanged(held, place(ref, "address"), keys_for([ref], "L3"), "1 Harbour Road")
    assert headers([ref]) == {(1, 2)}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where not granted)")
        return bool(cursor.fetchone()[0])


def test_keeps_a_version_that_a_value_still_lies_under(committed_house, worker):
    (ref,) = bulk_make(1, portfolio=committed_house.north, at=clock())
    next_keys([ref], "L3", since=clock(), at=clock())

    assert end_old_keys([ref]) == 0
    assert versions([ref]) == {1, 2}


@pytest.mark.parametrize("oldest", [None, 7])
def test_keeps_the_newest_version_whatever_values_say(committed_house, worker, oldest):
    ref, other = bulk_make(2, portfolio=committed_house.north, at=clock())
    next_keys([ref, other], "L3", since=clock(), at=clock())

    assert destroy_superseded({ref: oldest}, "L3") == 1
    assert (versions([ref]), versions([other])) == ({2}, {1, 2})


def test_takes_files_and_texts_along(committed_house, worker, no_wait, ann, at):
    north, south = (
        bulk_make(1, portfolio=one, at=at, prefix=one.code)[0]
        for one in (committed_house.north, committed_house.south)
    )
    about = [files.put_text("来电", about="t", subject=one, by=ann, at=at) for one in (north, south, None)]
    evidence = files.put_file(
        BytesIO(b"signed"), name="a.pdf", purpose="t", subject=north, domain=EVIDENCE, by=ann, at=at
    )
    upload = files.put_file(BytesIO(b"rows"), name="a.csv", purpose="t", by=ann, at=at)

    job = rotate(REKEY, scope="portfolio", id="N1")
    assert (job.outcome["files"], job.outcome["texts"]) == (2, 1)
    assert lies(evidence) == lies_of_texts(about[:1]) == {2}
    assert lies(upload) == lies_of_texts(about[1:]) == {1}

    job = rotate(REKEY)
    assert (job.outcome["files"], job.outcome["texts"], job.outcome["destroyed"]) == (4, 3, 7)
    assert lies(evidence) == lies_of_texts(about[:1]) == {3}
    assert lies(upload) == lies_of_texts(about[1:]) == {2}
    assert set(DataKey.objects.values_list("domain", "version")) == {
        ("L3", 3),
        ("L3", 2),
        ("texts", 3),
        ("texts", 2),
        ("evidence", 3),
        ("files", 2),
    }

    rotate(RESEAL, suite=2)
    assert {lies_under(text)[0] for text in letters(about)} == {2}
    rotate(RESEAL, suite=1)


def lies(file) -> set[int]:
    chunks = FileChunk.objects.filter(file=file).values_list("sealed", flat=True)
    name = SealedFile.objects.get(pk=file.pk).name[:8]
    return {lies_under(bytes(sealed)[:6])[1] for sealed in chunks} | {lies_under(name)[1]}


def letters(ids) -> list[str]:
    return [text[:8] for text in SealedText.objects.filter(pk__in=ids).values_list("sealed", flat=True)]


def lies_of_texts(ids) -> set[int]:
    return {lies_under(text)[1] for text in letters(ids)}


def test_counts_what_does_not_open_and_keeps_the_version_it_lies_under(committed_house, worker, no_wait):
    good, bad = bulk_make(2, portfolio=committed_house.north, at=clock())
    spoil(bad, "mobile")

    job = rotate(REKEY)

    assert (job.outcome["unreadable"], job.cursor["unreadable"]) == (1, 1)
    assert (versions([good]), versions([bad])) == ({2}, {1, 2})
    assert "1" in unreadable_words(job.kind, job.cursor["unreadable"])
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("try_values", stdout=said)
    assert said.getvalue().splitlines()[0] == f"{bad} mobile"

    records.edit(
        ref=bad,
        version=1,
        values={"mobile": "15400000018"},
        scenario="handling",
        source="customer",
        by=committed_house.agent,
        at=clock(),
    )
    assert rotate(REKEY).outcome["unreadable"] == 0
    assert versions([bad]) == {3}


def spoil(ref, code: str) -> None:
    """Put another field's sealed text in the place of a value: it does not open there."""
    row = Customer.objects.get(ref=ref)
    row.sealed[code] = row.sealed["resident_id"]
    row.save(update_fields=["sealed"])


def test_lets_one_rotation_go_on_at_a_time(committed_house, worker, no_wait):
    first = begin(REKEY)
    with pytest.raises(AlreadyRotating) as refused:
        begin(RESEAL, suite=2)
    late = jobs.start(REINDEX, by=BY, at=clock(), parameters={"epoch": 2})

    assert refused.value.job == first
    assert work(late).error_code == "already_rotating"
    assert work(first).error_code == ""
    assert not rotating.rotations().exists()


def test_refuses_a_scope_that_is_none(committed_house, worker):
    with pytest.raises(NoSuchScope):
        begin(REKEY, scope="customer", id="nobody")


def test_moves_every_value_to_another_suite_and_back(committed_house, worker, no_wait):
    refs = bulk_make(5, portfolio=committed_house.north, at=clock())

    job = rotate(RESEAL, suite=2)

    assert (headers(refs), sealing_suite(), job.outcome["values"]) == ({(2, 1)}, 2, 25)
    opens(refs)
    assert tampered() == []
    more = bulk_make(1, portfolio=committed_house.north, at=clock(), first=100)
    assert headers(more) == {(2, 1)}
    rotate(RESEAL, suite=1)
    assert headers([*refs, *more]) == {(1, 1)}
    opens(refs)


def test_refuses_a_suite_that_the_program_lacks(committed_house, worker):
    job = work(begin(RESEAL, suite=3))

    assert (job.error_code, sealing_suite()) == ("unknown_suite", 1)

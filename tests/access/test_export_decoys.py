"""A leaked export names itself by rows of nobody, whatever was done to the file."""

import csv
import io
import random
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from access import export_decoys
from access.models import Export, ExportDecoy
from access.services import export
from audit.leaks import listing
from audit.services.traced_exports import trace_export
from classification.queries import catalogue
from customers.models import Customer
from kinds import synthetic
from kinds.registry import get
from trail.actor import Actor
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
ROWS = 200
CLEAR = ("full_name", "mobile", "resident_id", "city")
BY = Actor.system("audit.trace_export")


def columns(cast):
    return [catalogue(cast.at).get(code) for code in CLEAR]


def table(seed: int, rows: int = ROWS) -> list[list[str]]:
    """Rows as a clear export has them."""
    people = (synthetic.person(number, seed=seed) for number in range(rows))
    return [
        [
            f"C{seed}{10_000 + one.number}",
            "north",
            "standard",
            one.name,
            one.mobile,
            one.resident_id,
            one.city,
        ]
        for one in people
    ]


def made(cast, rows, decoys, event=1, by=None) -> Export:
    """An export of that day, with what recognises it."""
    by = by or cast.supervisor()
    one = Export.objects.create(
        person_id=by.id,
        person_number=by.number,
        file=by.id,
        format="csv",
        rows=rows,
        event=event,
        created_at=cast.at,
        keep_until=cast.at + timedelta(hours=24),
    )
    export_decoys.keep(one, decoys, at=cast.at)
    return one


@pytest.fixture
def leaked(cast):
    """A clear export of two hundred, with its decoys."""
    known = catalogue(cast.at)
    rows, decoys = export_decoys.with_decoys(table(1), columns(cast), known, at=cast.at)
    return made(cast, ROWS, decoys), rows, decoys


def as_csv(rows, encoding="utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def kept(rows, decoys, seed=3):
    """A tenth of the rows, with one decoy among them: the least that still names the export."""
    draw = random.Random(seed)
    some = draw.sample([row for row in rows if row not in [one.cells for one in decoys]], ROWS // 10)
    return draw.sample([*some, decoys[0].cells], len(some) + 1)


def named(content: bytes) -> dict:
    return export_decoys.exports_of(listing.read(content), at=clock())


def test_an_export_carries_one_decoy_in_fifty_and_a_small_one_one_or_none():
    carried = {0: 0, 9: 0, 10: 1, 39: 1, 40: 2, 100: 2, 101: 3, 500: 10, 2000: 40}
    assert {rows: export_decoys.how_many(rows) for rows in carried} == carried


def test_a_decoy_row_looks_like_the_others(cast, leaked):
    _export, rows, decoys = leaked
    assert len(rows) == ROWS + 4
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for one in decoys:
        number, portfolio, tier, name, mobile, resident, city = one.cells
        assert number.startswith("C")
        assert len(number) == len(rows[0][0])
        assert (portfolio, tier) == ("north", "standard")
        assert get("full_name").detect(name)
        assert city
        assert get("mobile").clean(mobile) == mobile
        assert mobile.startswith("154")
        assert get("resident_id").clean(resident) == resident


def test_what_is_kept_tells_nothing_of_the_row(cast, leaked):
    _export, _rows, decoys = leaked
    held = repr(list(ExportDecoy.objects.values()))
    marks = Counter(ExportDecoy.objects.values_list("row", flat=True))
    # Number, mobile, ID number; an ID number that would do as a card is a mark twice.
    assert set(marks) == {0, 1, 2, 3}
    assert set(marks.values()) <= {3, 4}
    assert not any(text in held for one in decoys for text in (one.cells[0], one.cells[4], one.cells[5]))


FORMS = {
    "rows removed": lambda rows: as_csv(rows),
    "columns reordered and renamed": lambda rows: as_csv(
        [["a", "b", "c"], *([row[4], row[6], row[3]] for row in rows)]
    ),
    "a workbook": lambda rows: as_xlsx(rows),
    "GB18030": lambda rows: as_csv(rows, "gb18030"),
    "text with other separators": lambda rows: "\n".join(" | ".join(row[3:]) for row in rows).encode(),
    "ID numbers alone": lambda rows: "\n".join(row[5].lower() for row in rows).encode(),
    "customer numbers alone": lambda rows: "\n".join(row[0] for row in rows).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_names_the_export_when_a_tenth_is_left(cast, leaked, form):
    one, rows, decoys = leaked
    assert named(FORMS[form](kept(rows, decoys))) == {one.pk: 1}


def test_names_both_exports_of_a_mixed_file(cast, leaked):
    one, rows, decoys = leaked
    other_rows, other_decoys = export_decoys.with_decoys(
        table(2), columns(cast), catalogue(cast.at), at=cast.at
    )
    other = made(cast, ROWS, other_decoys, event=2)
    mixed = as_csv([*kept(rows, decoys), *other_rows])
    assert named(mixed) == {one.pk: 1, other.pk: 4}


def test_a_file_from_outside_names_nobody(cast, leaked):
    assert named(as_csv(table(7))) == {}


def test_a_masked_export_is_named_by_numbers_or_by_the_name_beside_the_mask(cast):
    masked = frozenset({"mobile", "resident_id"})
    hidden = [
        [*row[:4], get("mobile").mask(row[4]), get("resident_id").mask(row[5]), row[6]] for row in table(4)
    ]
    rows, decoys = export_decoys.with_decoys(
        hidden, columns(cast), catalogue(cast.at), masked=masked, at=cast.at
    )
    one = made(cast, ROWS, decoys)
    assert all("****" in row[4] for row in rows)
    assert named(as_csv([row[3:5] for row in rows])) == {one.pk: 4}
    assert named(as_csv([row[:1] for row in rows])) == {one.pk: 4}
    assert named(as_csv([row[4:6] for row in rows])) == {}  # masks alone are anybody's


def test_a_number_that_was_given_to_a_customer_since_no_longer_counts(cast, leaked):
    one, _rows, decoys = leaked
    cast.customer(decoys[0].cells[0])
    assert named(decoys[0].cells[0].encode()) == {}
    assert named(decoys[1].cells[0].encode()) == {one.pk: 1}


def test_a_masked_export_carries_its_decoys_and_counts_its_customers(cast):
    supervisor = cast.supervisor()
    customers = [cast.customer(f"C-{1000 + number}") for number in range(40)]
    result = export.export_masked(
        [one.ref for one in customers], "csv", how="list", by=supervisor, at=cast.at
    )
    raw = b"".join(export.fetch(result.id, by=supervisor, at=cast.at).chunks)
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert result.rows == 40
    assert len(lines) == 2 + 40 + 2
    strangers = [row for row in lines[2:] if not Customer.objects.filter(number=row[0]).exists()]
    assert len(strangers) == 2
    (traced,) = trace_export(as_csv(strangers[:1]), by=BY, at=cast.at)
    assert (traced.export, traced.number, traced.decoys) == (result.pk, supervisor.number, 1)


def test_the_command_names_person_and_time_and_fails_for_a_foreign_file(cast, leaked, tmp_path, capsys):
    one, rows, decoys = leaked
    found = tmp_path / "found.csv"
    found.write_bytes(as_csv(kept(rows, decoys)))
    call_command("trace_export", str(found))
    said = capsys.readouterr().out
    assert one.person_number in said
    assert str(one.event) in said
    found.write_bytes(as_csv(table(7)))
    with pytest.raises(CommandError):
        call_command("trace_export", str(found))


def test_what_recognises_an_export_is_never_rewritten(cast, leaked):
    for act in (lambda: ExportDecoy.objects.update(row=9), lambda: ExportDecoy.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

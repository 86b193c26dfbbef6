"""The register of the catalogue: every field with everything that is decided of it, and as a file."""

import io
from datetime import timedelta

import openpyxl
import pypdf
import pytest
from django.utils import translation

from access.queries.register import Entry, register
from access.services.register import PDF, XLSX, NotAllowed, download
from classification.models import PurposeVersion
from classification.queries import catalogue
from customers.holders import count_holders
from staff.roles import AUDITOR, HEAD, OFFICER
from tests.access.cast import CANARIES, kinds_since, last_event
from tests.access.signing import sign_field
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def entry(cast, code: str) -> Entry:
    found = register(cast.at, count_holders(cast.at))
    (one,) = (entry for entry in found.entries if entry.spec.code == code)
    return one


def signed(cast, code: str, days: int = 0) -> dict:
    signers = {HEAD: cast.person(HEAD), OFFICER: cast.officer()}
    sign_field(code, signers, cast.at - timedelta(days=days))
    return signers


def rows(content: bytes) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def words(content: bytes) -> str:
    """Give everything that can be read, without any space: lines end where the layout wants."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def test_lists_every_field_by_level(cast):
    found = register(cast.at, count_holders(cast.at))
    levels = [one.spec.level for one in found.entries]
    assert levels == sorted(levels)
    assert {one.spec.code for one in found.entries} == {spec.code for spec in catalogue(cast.at).fields}
    assert found.unconfirmed == len(found.entries)


def test_says_how_many_hold_a_field(cast):
    cast.customer()
    cast.customer()
    assert entry(cast, "mobile").holders == 2
    assert entry(cast, "birth_year").holders == 2
    assert entry(cast, "passport").holders == 0


def test_counts_nobody_at_level_four(cast):
    found = register(cast.at, count_holders(cast.at))
    assert {one.holders for one in found.by_level(4)} == {None}


def test_says_purposes_and_how_long_each_keeps(cast):
    one = entry(cast, "mobile")
    in_force = PurposeVersion.objects.in_force(cast.at)
    assert {use.purpose.code for use in one.uses} == {
        row.purpose_id for row in in_force if "mobile" in row.fields
    }
    assert any(use.necessary for use in one.uses)
    with translation.override("en"):
        longest = max(one.uses, key=lambda use: use.purpose.retain_months)
        assert longest.retention.startswith(f"{longest.purpose.retain_months} months from ")
        assert one.retention.count(longest.retention) == 1
        assert longest.name in one.retention


def test_a_field_without_a_purpose_has_no_term(cast):
    PurposeVersion.objects.filter(until=None).update(until=cast.at)
    one = entry(cast, "mobile")
    assert (one.uses, one.retention) == ((), "")


def test_says_who_signed_which_version(cast):
    signers = signed(cast, "mobile")
    one = entry(cast, "mobile")
    assert [
        given.name.endswith(signer.name)
        for given, signer in zip(one.signatures, signers.values(), strict=True)
    ]
    with translation.override("en"):
        assert [given.seat for given in entry(cast, "mobile").signatures] == [
            "Department head",
            "Data security officer",
        ]
    assert (one.spec.version, one.review.at, one.review.overdue) == (2, cast.at, False)
    assert entry(cast, "city").signatures == ()


def test_says_whose_review_is_overdue(cast):
    signed(cast, "mobile", days=366)
    found = register(cast.at, count_holders(cast.at))
    assert found.overdue == 1
    assert entry(cast, "mobile").review.overdue


def test_costs_the_same_however_many_are_signed(cast, django_assert_num_queries):
    signers = {HEAD: cast.person(HEAD), OFFICER: cast.officer()}
    for code in ("mobile", "city", "email"):
        sign_field(code, signers, cast.at)
    holders = count_holders(cast.at)
    with django_assert_num_queries(6):
        register(cast.at, holders)


def test_records_a_download_before_the_file_is_there(cast):
    officer, before = cast.officer(), last_event()
    with translation.override("en"):
        made = download(XLSX, by=officer, at=cast.at)
    assert kinds_since(before) == ["register.downloaded"]
    event = Event.objects.order_by("-id").first()
    assert event is not None
    assert event.facts == {"format": "xlsx", "rows": len(catalogue(cast.at).fields), "language": "en"}
    assert made.name == f"custinfo-register-{event.id}.xlsx"


def test_writes_a_workbook_of_every_field(cast):
    cast.customer()
    signed(cast, "mobile")
    officer = cast.person(AUDITOR)
    with translation.override("zh-hans"):
        made = download(XLSX, by=officer, at=cast.at)
    (banner, *_), header, *lines = rows(made.content)
    assert officer.name in banner
    assert officer.number in banner
    assert made.name.split("-")[-1].removesuffix(".xlsx") in banner
    assert len(lines) == len(catalogue(cast.at).fields)
    by_label = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    mobile = by_label["L3-手机号码"]
    assert mobile["级别"] == 3
    assert next(value for name, value in mobile.items() if name.startswith("持有客户数")) == 1
    assert "部门负责人" in mobile["签署"]
    assert by_label["L3-证件号码"]["签署"] == "预置定级，尚未确认"


@pytest.mark.parametrize(
    ("language", "title", "label", "unsigned"),
    [
        ("zh-hans", "信息项目录登记册", "L3-证件号码", "预置定级，尚未确认"),
        ("en", "Catalogue register", "L3-ID number", "shipped, not yet confirmed by you"),
    ],
)
def test_writes_a_pdf_in_the_readers_language(cast, language, title, label, unsigned):
    officer = cast.officer()
    with translation.override(language):
        made = download(PDF, by=officer, at=cast.at)
    said = words(made.content)
    for text in (title, label, unsigned, officer.name, officer.number):
        assert text.replace(" ", "") in said, text
    assert made.name.split("-")[-1].removesuffix(".pdf") in said


@pytest.mark.parametrize("format", [XLSX, PDF])
def test_holds_no_value_of_a_customer(cast, format):
    cast.customer()
    content = download(format, by=cast.officer(), at=cast.at).content
    said = words(content) if format == PDF else str(rows(content))
    assert not any(value in said for value in (*CANARIES, "张示例"))


def test_refuses_whoever_does_not_read_the_catalogue(cast):
    before = last_event()
    with pytest.raises(NotAllowed):
        download(PDF, by=cast.agent(), at=cast.at)
    assert kinds_since(before) == []

import csv
import datetime
import io
import tempfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.escaping import escape, unescape
from documents.reading import read_table
from documents.sheets import Sheet, write_csv, write_workbook, write_xlsx

HEADER = ["编号", "姓名", "证件"]
DANGEROUS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1", "'=1", "\u200b=1"]
AT = datetime.datetime(2026, 11, 21, 12, 45, tzinfo=datetime.UTC)
# What a cell may hold: anything but surrogates; and not blank, because a blank last cell is no cell.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(
    lambda text: "x" + text
)
CELLS = st.one_of(TEXTS, st.sampled_from(DANGEROUS), st.from_regex("0?[0-9]{10,19}X?", fullmatch=True))


def book(rows, **options) -> bytes:
    out = io.BytesIO()
    options = {"properties": {}, "banner": "", **options}
    assert write_xlsx(out, HEADER, rows, **options) == len(rows)
    return out.getvalue()


def text_file(rows, **options) -> bytes:
    out = io.BytesIO()
    assert write_csv(out, HEADER, rows, **{"banner": "", **options}) == len(rows)
    return out.getvalue()


def read(data: bytes) -> list[list[str]]:
    with read_table(data) as table:
        assert list(table.header) == HEADER
        return [list(row.cells) for row in table.rows]


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_writes_a_workbook_that_others_open():
    properties = {"creator": "李 <&>", "title": "导出", "identifier": "event 7"}
    data = book(
        [["C1", "张示例", "119900199001010010"]],
        properties=properties,
        banner="导出 李",
        at=AT,
        sheet="客户/1",
    )
    workbook = opened(data)
    sheet = workbook["客户 1"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["导出 李", None, None],
        HEADER,
        ["C1", "张示例", "119900199001010010"],
    ]
    assert sheet["C3"].data_type == "s"
    assert sheet["C3"].number_format == "@"
    assert sheet.freeze_panes == "A3"
    assert workbook.properties.creator == "李 <&>"
    assert workbook.properties.identifier == "event 7"
    assert workbook.properties.created == AT.replace(tzinfo=None)


def test_writes_numbers_as_numbers_and_long_ones_as_text():
    sheet = opened(
        book([[7, Decimal("12.50"), 119900199001010010], [datetime.date(2026, 11, 21), None, "007"]])
    ).active
    assert [cell.value for cell in sheet[2]] == [7, 12.5, "119900199001010010"]
    assert [cell.value for cell in sheet[3]] == ["2026-11-21", None, "007"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_writes_no_cell_that_a_spreadsheet_would_run(text):
    value = opened(book([[text, "x", "x"]])).active["A2"].value
    assert value.startswith("'")
    written = list(csv.reader(io.StringIO(text_file([[text, "x", "x"]]).decode("utf-8-sig"), newline="")))[1][
        0
    ]
    assert written.startswith("'")


@pytest.mark.parametrize("text", ["张示例", "a=b", "1-2", "a@example.com", "'s", "138****0018", "***"])
def test_leaves_other_cells_as_they_are(text):
    assert escape(text) == text


@given(st.text(max_size=10) | st.sampled_from(DANGEROUS))
def test_undoes_what_it_escapes(text):
    if not text.startswith('="'):
        assert unescape(escape(text)) == text


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=4))
@settings(max_examples=12)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_back_the_csv_that_it_wrote(encoding, delimiter, rows):
    rows = [[printable(cell) for cell in row] for row in rows]
    assert read(text_file(rows, encoding=encoding, delimiter=delimiter, banner="导出 李")) == rows


def printable(text: str) -> str:
    """Leave out controls: a text file with them is refused, and no kind lets them in."""
    return "".join(c for c in text if c.isprintable() or c in "\n ")


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=4))
@settings(max_examples=10)
def test_reads_back_the_workbook_that_it_wrote(rows):
    rows = [[printable(cell) for cell in row] for row in rows]
    assert read(book(rows, banner="导出 李")) == rows


def test_marks_long_numbers_in_csv_as_text():
    line = text_file([["119900199001010010", "007", "12"]]).decode("utf-8-sig").splitlines()[1]
    assert line == "119900199001010010\t,007\t,12"


def test_begins_csv_with_a_byte_order_mark():
    assert text_file([]).startswith(b"\xef\xbb\xbf")


def test_writes_to_a_path(tmp_path):
    write_csv(tmp_path / "a.csv", HEADER, [["1", "2", "3"]], banner="")
    write_xlsx(str(tmp_path / "a.xlsx"), HEADER, [["1", "2", "3"]], properties={}, banner="")
    assert (
        read((tmp_path / "a.csv").read_bytes())
        == read((tmp_path / "a.xlsx").read_bytes())
        == [["1", "2", "3"]]
    )


def test_leaves_the_stream_open():
    out = io.BytesIO()
    write_csv(out, HEADER, [], banner="")
    assert not out.closed


def test_puts_nothing_into_a_temporary_file(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    assert read(book([["1", "2", "3"]])) == [["1", "2", "3"]]


def test_takes_characters_that_xml_forbids_out():
    assert opened(book([["a\x00\x07b\x0b", "\ufffe", "\ud800c"]])).active["A2"].value == "ab"


def test_refuses_a_cell_that_no_spreadsheet_holds():
    with pytest.raises(ValueError, match="32767"):
        book([["x" * 40_000, "", ""]])


def test_refuses_an_unknown_property():
    with pytest.raises(KeyError):
        book([], properties={"password": "x"})


def test_writes_rows_as_they_come():
    seen: list[int] = []

    def rows():
        for number in range(3):
            seen.append(number)
            yield [number, "", ""]

    out = io.BytesIO()
    assert write_xlsx(out, HEADER, rows(), properties={}, banner="") == 3
    assert seen == [0, 1, 2]


def test_writes_several_sheets_each_with_its_rows_and_the_watermark():
    content = io.BytesIO()
    sheets = [
        Sheet(name="甲/乙", header=("一",), rows=[["x"], ["=1"]]),
        Sheet(name="甲 乙", header=("二", "三"), rows=[[1, "y"]]),
    ]
    assert write_workbook(content, sheets, properties={"title": "两页"}, banner="水印") == [2, 1]
    book = openpyxl.load_workbook(content)
    assert book.sheetnames == ["甲 乙", "甲 乙 2"]
    first, second = ([[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book)
    assert first[:3] == [["水印"], ["一"], ["x"]]
    assert second[1:] == [["二", "三"], [1, "y"]]

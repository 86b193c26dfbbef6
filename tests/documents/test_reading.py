import codecs
import csv
import datetime
import io

import openpyxl
import pytest

from documents.limits import Limits
from documents.reading import Row, Unreadable, read_table
from tests.documents.files import HEADER, ROWS, xls, xlsx


def text_of(rows, delimiter=",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def read(data, **options):
    with read_table(data, **options) as table:
        return table, list(table.rows)


LONG = 119900199001010010
ENCODED = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-16-le with mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be with mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODED)
def test_reads_text_in_every_usual_form(encoding, delimiter):
    table, rows = read(ENCODED[encoding](text_of([HEADER, *ROWS, HEADER], delimiter)))
    assert table.header == tuple(HEADER)
    assert table.format == "csv"
    assert table.delimiter == delimiter
    assert table.encoding == encoding.removesuffix(" with mark")
    assert [list(row.cells) for row in rows] == [*ROWS, HEADER]
    assert [row.line for row in rows] == [2, 4, 5]  # the first row holds a line end


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_reads_every_line_end(end):
    _, rows = read(f"a,b{end}1,2{end}{end}3,4".encode())
    assert rows == [Row(2, ("1", "2")), Row(4, ("3", "4"))]


def test_reads_gb18030_with_letters_beyond_gbk():
    _, rows = read("姓名,号\n𠮷示例,1\n".encode("gb18030"))
    assert rows[0].cells == ("𠮷示例", "1")


def test_reads_gb18030_that_begins_with_thousands_of_plain_lines():
    data = b"a,b\n" + b"1,2\n" * 40_000 + "张,3\n".encode("gb18030")
    table, rows = read(data)
    assert table.encoding == "gb18030"
    assert rows[-1] == Row(40_002, ("张", "3"))


def test_reads_a_stream_and_leaves_it_open():
    stream = io.BytesIO(b"a,b\n1,2\n")
    assert read(stream)[1] == [Row(2, ("1", "2"))]
    assert not stream.closed


def test_reads_a_stream_that_cannot_go_back():
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert read(OneWay(b"a,b\n1,2\n"))[1] == [Row(2, ("1", "2"))]


def test_skips_titles_and_empty_lines_above_the_column_names():
    table, rows = read("客户名单\n\n导出 李 2026-11-21,,\na,b,c\n1,,\n,,\n1,2,3\n".encode())
    assert table.header == ("a", "b", "c")
    assert table.header_line == 4
    assert rows == [Row(5, ("1", "", "")), Row(7, ("1", "2", "3"))]


def test_reads_a_single_column():
    table, rows = read("手机\n15400000018\n15400000026\n".encode())
    assert (table.header, len(rows)) == (("手机",), 2)


def test_believes_a_first_line_that_names_the_separator():
    table, rows = read(b"sep=;\na;b\n1,5;2\n")
    assert (table.header, rows) == (("a", "b"), [Row(3, ("1,5", "2"))])


def test_fills_short_rows_and_keeps_what_is_too_much():
    _, rows = read(b"a,b,c\n1\n1,2,3,,\n1,2,3,4\n")
    assert [row.cells for row in rows] == [("1", "", ""), ("1", "2", "3"), ("1", "2", "3", "4")]


def test_unwraps_numbers_written_as_formulas():
    assert read(b'a,b\n="007","=""008"""\n')[1][0].cells == ("007", "008")


def test_takes_commas_inside_numbers_for_no_separator():
    table, _ = read(b"a;b\n1,5;2,5\n3,5;4\n")
    assert table.delimiter == ";"


SHEET = [
    ["号码", "数", "日", "真"],
    ["007", 15400000018, datetime.date(2026, 11, 21), True],
    ["x", 12.5, datetime.datetime.fromisoformat("2026-11-21 20:45"), None],
    ["y", -3, datetime.time(8, 30), False],
]


@pytest.mark.parametrize("write", [xlsx])
def test_reads_numbers_and_dates_as_people_write_them(write):
    table, rows = read(write(SHEET))
    assert table.header == ("号码", "数", "日", "真")
    assert [row.cells for row in rows] == [
        ("007", "15400000018", "2026-11-21", "TRUE"),
        ("x", "12.5", "2026-11-21 20:45:00", ""),
        ("y", "-3", "08:30:00", "FALSE"),
    ]
    assert [row.line for row in rows] == [2, 3, 4]
    assert not any(row.rounded for row in rows)


def test_reads_the_old_format():
    table, rows = read(xls([["号码", "数"], ["007", 15400000018], ["张示例", 119900199001010010]]))
    assert (table.format, table.sheet) == ("xls", "Sheet1")
    assert rows[0] == Row(2, ("007", "15400000018"))
    assert rows[1].rounded == {1}


@pytest.mark.parametrize("write", [xls, xlsx])
def test_flags_numbers_that_a_spreadsheet_has_rounded(write):
    _, rows = read(write([["a", "b", "c"], [LONG, str(LONG), 999999999999999], [1e22, 1.5e-7, 0]]))
    assert rows[0].rounded == {0}
    assert rows[0].cells[1:] == ("119900199001010010", "999999999999999")
    assert rows[1].rounded == {0}
    assert rows[1].cells == ("10000000000000000000000", "0.00000015", "0")


def test_counts_lines_as_the_spreadsheet_does():
    data = xlsx([[], ["名单"], [], ["a", "b"], [1, 2], [], [3, 4]])
    table, rows = read(data)
    assert table.header_line == 4
    assert [row.line for row in rows] == [5, 7]


def test_reads_the_sheet_that_is_asked_for():
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "空"
    for name in ("甲", "乙"):
        book.create_sheet(name).append([name, "x"])
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue())[0].sheet == "甲"
    assert read(out.getvalue())[0].sheets == ("空", "甲", "乙")
    assert read(out.getvalue(), sheet="乙")[0].header == ("乙", "x")
    with pytest.raises(Unreadable) as refused:
        read_table(out.getvalue(), sheet="丙")
    assert (refused.value.code, refused.value.params) == ("no_such_sheet", {"sheets": ["空", "甲", "乙"]})


def test_reads_no_hidden_sheet():
    assert read(xlsx([["a", "b"]], hidden=["密"]))[0].sheets == ("Sheet1",)


def test_leaves_no_process_behind_when_reading_stops_early():
    table = read_table(xlsx([["a"]] + [[str(number)] for number in range(20_000)]))
    assert next(table.rows).cells == ("0",)
    assert table._workbook is not None
    process = table._workbook._process
    assert process.poll() is None
    table.close()
    assert process.poll() is not None
    with pytest.raises(ValueError, match="closed"):
        list(table.rows)


def test_reads_a_file_as_large_as_its_limits_say():
    limits = Limits(rows=3, columns=2, cell_length=5)
    assert len(read(b"a,b\n" + b"12345,2\n" * 3, limits=limits)[1]) == 3

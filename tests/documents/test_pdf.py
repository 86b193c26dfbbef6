import datetime
import hashlib
import io

import pypdf
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from documents.pdf import LONGEST_TEXT, Column, Fonts, Heading, KeyValues, Paragraph, Part, Table, write_pdf

FONTS = Fonts(**settings.PDF_FONTS)
AT = datetime.datetime(2026, 11, 26, 3, 4, 5, tzinfo=datetime.UTC)
FOOT = "由 张示例（T001）于 2026-11-26 11:04 下载，事件 4711"
COLUMNS = [Column("级别标签", 2), Column("Purpose", 3), Column("数量", right=True)]


def written(*parts: Part, **options) -> bytes:
    out = io.BytesIO()
    options = {"title": "登记册", "author": "张示例", "language": "zh-CN", "at": AT, "foot": FOOT, **options}
    pages = write_pdf(out, parts, fonts=FONTS, **options)
    assert pages == len(opened(out.getvalue()).pages)
    return out.getvalue()


def opened(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in opened(data).pages]


def words(data: bytes) -> str:
    """Give everything that can be read, without the line ends of the layout."""
    return "".join(pages(data)).replace("\n", "")


def table(count: int) -> Table:
    return Table(COLUMNS, ([f"L3-证件号码 {i}", "Customer service, 客户服务", str(i)] for i in range(count)))


def test_gives_both_languages_back():
    said = words(
        written(
            Heading("信息项目录登记册", 1),
            Heading("Which fields are held"),
            Paragraph("客户信息按四级管理，Level 4 is kept apart。“引号”、《书名》……"),
            Paragraph("A quiet line", quiet=True),
            KeyValues([("控制者", "示例公司"), ("Digest", "ab" * 32)]),
            table(1),
        )
    )
    for text in (
        "信息项目录登记册",
        "Which fields are held",
        "客户信息按四级管理，Level 4 is kept apart。“引号”、《书名》……",
        "A quiet line",
        "控制者",
        "示例公司",
        "ab" * 32,
        "级别标签",
        "L3-证件号码 0",
        "Customer service, 客户服务",
    ):
        assert text in said, text


def test_says_what_it_is():
    reader = opened(written(Paragraph("文")))
    assert reader.metadata is not None
    assert reader.metadata.title == "登记册"
    assert reader.metadata.author == "张示例"
    assert reader.metadata.creation_date == AT
    assert reader.root_object.get("/Lang") == "zh-CN"


def test_puts_the_watermark_and_the_number_of_pages_on_every_page():
    said = pages(written(table(120), page_words="第 {page} 页，共 {pages} 页"))
    assert len(said) > 2
    for number, text in enumerate(said, 1):
        assert FOOT in text
        assert f"第 {number} 页，共 {len(said)} 页" in text


def test_says_the_head_again_on_every_page_and_every_row_once():
    said = pages(written(table(300)))
    assert all(text.count("级别标签") == 1 for text in said)
    everything = "\n".join(said).splitlines()
    assert [line for line in everything if line.startswith("L3-证件号码")] == [
        f"L3-证件号码 {i}" for i in range(300)
    ]


def test_takes_two_thousand_rows():
    assert len(opened(written(table(2000), wide=True)).pages) > 40


def test_goes_on_with_a_row_that_no_page_holds():
    long = "很长的内容，" * 1500
    said = words(written(Table(COLUMNS, [["前", long, "1"], ["L3-之后", "短", "2"]])))
    assert said.count("很长的内容") >= 1490  # some are cut at the end of a page
    assert "L3-之后" in said


def test_lies_on_its_long_side_when_asked():
    (page,) = opened(written(Paragraph("文"), wide=True)).pages
    assert page.mediabox.width > page.mediabox.height


def test_gives_the_same_bytes_for_the_same_input():
    parts = (Heading("同", 1), table(80), KeyValues([("a", "乙")]))
    first = written(Heading("同", 1), table(80), *parts[2:])
    again = written(Heading("同", 1), table(80), *parts[2:])
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()
    later = written(Heading("同", 1), table(80), *parts[2:], at=AT + datetime.timedelta(seconds=1))
    assert first != later


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("𠮷野", "[U+20BB7]野"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b"),
        ("a\ud800b", "a[U+D800]b"),
        ("😀", "[U+1F600]"),
        ("零\u200b宽", "零[U+200B]宽"),
        ("一\u2028二", "一二"),
        ("a\tb", "a b"),
    ],
)
def test_shows_what_the_font_lacks(text: str, shown: str):
    assert shown in words(written(Paragraph(text), Table([Column(text)], [[text]]), title=text, foot=text))


def test_takes_markup_for_text():
    hostile = '<img src="file:///etc/passwd"/> <b>x</b> &amp; <a href="http://example.com">y</a>'
    data = written(Paragraph(hostile), Table([Column("a")], [[hostile]]), foot=hostile)
    assert words(data).count("<b>x</b> &amp; <a") == 3
    assert "/Annots" not in opened(data).pages[0]


def test_refuses_a_text_without_end():
    with pytest.raises(ValueError, match="at most"):
        written(Paragraph("长" * (LONGEST_TEXT + 1)))
    with pytest.raises(ValueError, match="at most"):
        written(Table([Column("a")], [["x" * (LONGEST_TEXT + 1)]]))


def test_holds_a_table_without_rows_and_a_document_without_parts():
    assert "级别标签" in words(written(table(0)))
    assert FOOT in words(written(Paragraph("")))


def test_writes_to_a_path(tmp_path):
    path = tmp_path / "a.pdf"
    pages = write_pdf(
        path, [Paragraph("text")], fonts=FONTS, title="t", author="a", language="en", at=AT, foot=FOOT
    )
    assert pages == 1
    assert "text" in words(path.read_bytes())


@effort(max_examples=25)
@given(st.lists(st.text(st.characters(), max_size=400), min_size=1, max_size=6))
def test_writes_whatever_it_is_given(texts: list[str]):
    data = written(
        *map(Heading, texts),
        *map(Paragraph, texts),
        KeyValues([(text, text) for text in texts]),
        Table([Column(texts[0]), Column("b", 3)], [[text, text] for text in texts]),
    )
    assert opened(data).pages

"""Charts in PDFs: every label and series in words, a round axis, the same bytes for the same numbers."""

import datetime
import io

import pypdf
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from documents.charts import BAR, LINE, Chart, top_of
from documents.pdf import Fonts, write_pdf

AT = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def written(*parts) -> bytes:
    content = io.BytesIO()
    fonts = Fonts(**settings.PDF_FONTS)
    write_pdf(content, parts, fonts=fonts, title="t", author="a", language="zh-CN", at=AT, foot="f")
    return content.getvalue()


@pytest.mark.parametrize("kind", [BAR, LINE])
def test_draws_labels_series_and_axis_in_words_and_repeats_its_bytes(kind):
    chart = Chart(MONTHS, [("展示次数", list(range(12))), ("<b>拒绝", [0] * 12)], kind)
    content = written(chart)
    told = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    for words in ("2026-01", "展示次数", "<b>拒绝", "20"):
        assert words in told
    assert written(chart) == content


def test_draws_a_chart_without_any_place_or_number():
    assert written(Chart([], [("无", [])]))
    assert written(Chart(["一"], [("无", [0])]))


@given(st.integers(0, 10**12))
def test_ends_the_axis_at_a_round_number_that_holds_every_bar(most):
    top = top_of(most)
    assert top >= max(most, 1)
    assert top % 4 == 0
    assert top <= max(4, most * 2.5 + 4)


def test_refuses_numbers_that_fit_no_label():
    with pytest.raises(ValueError, match="every label"):
        Chart(["一"], [("无", [1, 2])])
    with pytest.raises(ValueError, match="one to five"):
        Chart(["一"], [])

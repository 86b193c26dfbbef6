"""Stamped copies: who looks stands across every face, the face is not covered, and hostile files give one error."""

from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.conf import settings
from PIL import Image, ImageChops
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from documents.fonts import Fonts
from documents.limits import Limits
from documents.problems import Unreadable
from documents.stamping import stamp
from tests.papers import JPEG, PDF, PNG, WORDS, paper, picture

FONTS = Fonts(**settings.PDF_FONTS)
LOOK, FOOT = "王芳 A1023 2026-11-27 09:12", "事件 4711，原件 SHA-256：" + "ab12" * 16
TYPES = {"PDF": "application/pdf", "PNG": "image/png", "JPEG": "image/jpeg"}


def copy_of(content: bytes, kind: str, words: str = LOOK, **limits: int) -> bytes:
    return stamp(content, TYPES[kind], words=words, foot=FOOT, fonts=FONTS, limits=Limits(**limits))


def brightest(one: Image.Image) -> int:
    """Return the brightest grey of a picture."""
    return max(one.convert("L").tobytes())


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_says_who_looks_in_every_part_of_it(kind: str) -> None:
    size = (900, 600)
    plain = picture(kind, size=size)
    copy = opened(copy_of(plain, kind))
    assert (copy.format, copy.width) == (kind, 900)
    assert copy.height > 600, "the foot stands under the face"
    changed = ImageChops.difference(copy.convert("L"), Image.new("L", copy.size))
    for left in (0, 300, 600):
        for top in (0, 200, 400):
            assert brightest(changed.crop((left, top, left + 300, top + 200))) > 30
    face = copy.convert("L").crop((0, 0, *size))
    assert brightest(face) < 128, "what lies under the words stays readable"
    other = opened(copy_of(plain, kind, "李雷 A1024 2026-11-27 09:12")).convert("L").crop((0, 0, *size))
    assert ImageChops.difference(face, other).getbbox() is not None
    foot = copy.convert("L").crop((0, 600, 900, copy.height))
    dark = [grey < 100 for grey in foot.tobytes()]
    assert 0.01 < sum(dark) / len(dark) < 0.5, "words stand on the paper of the foot"
    said = copy.info["comment"].decode() if kind == "JPEG" else copy.info["Description"]
    assert said == FOOT


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("JPEG", "L")],
)
def test_knows_the_ways_in_which_pictures_hold_colours(kind: str, mode: str) -> None:
    assert opened(copy_of(picture(kind, mode=mode), kind)).width == 480, (
        "the foot is readable under a small one"
    )


def test_leaves_behind_what_a_camera_wrote_beside_a_picture_and_turns_it_upright() -> None:
    told = Image.Exif()
    told[0x0112], told[0x010F] = 6, "place and owner"
    out = BytesIO()
    Image.new("RGB", (900, 600)).save(out, "JPEG", exif=told)
    copy = opened(copy_of(out.getvalue(), "JPEG"))
    assert copy.width == 600
    assert copy.height > 900
    assert not copy.getexif()


def test_every_page_of_a_pdf_is_stamped_and_grows_where_its_lower_edge_is_shown() -> None:
    turns = (0, 90, 180, 270)
    joined = pypdf.PdfWriter()
    for turned in turns:
        joined.append(BytesIO(paper(turned=turned)))
    out = BytesIO()
    joined.write(out)
    plain, copy = pypdf.PdfReader(out), pypdf.PdfReader(BytesIO(copy_of(out.getvalue(), "PDF")))
    assert len(copy.pages) == len(turns)
    for turned, before, after in zip(turns, plain.pages, copy.pages, strict=True):
        assert (after.rotation, WORDS in after.extract_text()) == (turned, True)
        content = after.get_contents()
        assert content is not None
        last = content.get_data().rstrip()
        assert last.endswith((b"/CustinfoStamp0 Do Q", b"/CustinfoStamp1 Do Q")), "the stamp lies on top"
        old, new = before.mediabox, after.cropbox
        grown = {
            0: old.bottom - new.bottom,
            90: new.right - old.right,
            180: new.top - old.top,
            270: old.left - new.left,
        }[turned]
        assert grown > 8
        assert float(new.width + new.height) == pytest.approx(float(old.width + old.height + grown))
    assert copy.metadata is not None
    assert copy.metadata.subject == FOOT


def test_a_copy_of_a_pdf_runs_and_carries_nothing() -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(PDF))
    writer.add_attachment("names.csv", b"carried along")
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )
    writer.root_object[NameObject("/OpenAction")] = action
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = writer._add_object(ArrayObject([writer._add_object(link)]))
    out = BytesIO()
    writer.write(out)
    copy = pypdf.PdfReader(BytesIO(copy_of(out.getvalue(), "PDF")))
    assert not set(copy.root_object) & {"/OpenAction", "/Names", "/AA"}
    assert "/AA" not in copy.pages[0]
    links = copy.pages[0].annotations
    assert links is not None
    assert "/A" not in links[0].get_object()
    assert not copy.attachments


def test_a_page_keeps_what_it_inherits() -> None:
    """Fonts and sizes may stand once, above all pages."""
    writer: Any = pypdf.PdfWriter(clone_from=BytesIO(paper(pages=2)))
    above = writer.root_object["/Pages"]
    for name in ("/Resources", "/MediaBox"):
        above[NameObject(name)] = writer.pages[0].raw_get(name)
    for page in above["/Kids"]:
        for name in ("/Resources", "/MediaBox"):
            page.get_object().pop(name)
    out = BytesIO()
    writer.write(out)
    copy = pypdf.PdfReader(BytesIO(copy_of(out.getvalue(), "PDF")))
    assert [WORDS in page.extract_text() for page in copy.pages] == [True, True]
    assert {float(page.mediabox.width) for page in copy.pages} == {300.0}
    for page in copy.pages:
        its = page["/Resources"]
        assert isinstance(its, DictionaryObject)
        assert "/Font" in its


def test_a_form_that_was_filled_in_stays_filled_in() -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(PDF))
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): TextStringObject("<script/>")}
    )
    out = BytesIO()
    writer.write(out)
    form = pypdf.PdfReader(BytesIO(copy_of(out.getvalue(), "PDF"))).root_object["/AcroForm"]
    held = form.get_object()
    assert isinstance(held, DictionaryObject)
    assert set(held) == {"/Fields"}


def locked(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(PDF))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_opens_without_a_password_is_shown_though_it_is_locked_for_editing() -> None:
    assert WORDS in pypdf.PdfReader(BytesIO(copy_of(locked(""), "PDF"))).pages[0].extract_text()


def without_pages() -> bytes:
    out = BytesIO()
    pypdf.PdfWriter().write(out)
    return out.getvalue()


LOOPING = PDF.replace(b"/Kids [ 3 0 R ]", b"/Kids [ 4 0 R ]")
HOSTILE = [
    ("PDF", b"%PDF-1.7 that is all", "damaged"),
    ("PDF", PDF[: len(PDF) // 3], "damaged"),
    ("PDF", without_pages(), "damaged"),
    ("PDF", locked("nobody knows"), "encrypted"),
    ("PDF", paper(pages=3), "too_complex"),
    ("PDF", paper(size=(30_000, 200)), "damaged"),
    ("PNG", b"\x89PNG\r\n\x1a\n and no picture", "damaged"),
    ("PNG", PNG[: len(PNG) - 30], "damaged"),
    ("PNG", picture("PNG", size=(3_000, 3_000), mode="1"), "too_complex"),
    ("JPEG", JPEG[: len(JPEG) // 2], "damaged"),
    ("JPEG", PNG, "damaged"),
]


@pytest.mark.parametrize(("kind", "content", "code"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_gives_one_error_that_holds_nothing_of_it(
    kind: str, content: bytes, code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        copy_of(content, kind, pixels=8_000_000, pages=2)
    assert (refused.value.code, str(refused.value), refused.value.params) == (code, code, {})


def test_ends_a_file_that_wants_more_memory_than_there_is_for_it() -> None:
    with pytest.raises(Unreadable, match="too_complex"):
        copy_of(picture("PNG", size=(5_000, 5_000)), "PNG", memory=120 * 1024 * 1024)


def test_stamps_no_other_type() -> None:
    with pytest.raises(ValueError, match="no stamp"):
        stamp(b"x", "text/html", words=LOOK, foot=FOOT, fonts=FONTS)

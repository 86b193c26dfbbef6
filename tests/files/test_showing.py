"""Looking at sealed files: always a copy that says who looked and which original it is, or nothing at all."""

from hashlib import sha256
from io import BytesIO

import pypdf
import pytest
from PIL import Image

from files import services
from files.copies import Copy, Unreadable, stamped
from files.models import SealedFile
from files.showing import digests, show
from tests.papers import JPEG, PDF, PNG, WORDS
from vault.envelope import CannotOpen

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SOUND = b"ID3\x04 a call"


def put(content: bytes, ann, at) -> SealedFile:
    return services.put_file(BytesIO(content), name="n", purpose="p", by=ann, at=at)


def looked(file: SealedFile, ann, at, **more: str) -> Copy:
    receipt = services.record_read(file.id, by=ann, at=at)
    return show(file.id, name="scan", by=ann, at=at, receipt=receipt, **more)


def said(copy: Copy) -> str:
    """Return the words of the foot, as the copy carries them."""
    if copy.media_type == "application/pdf":
        about = pypdf.PdfReader(BytesIO(copy.content)).metadata
        assert about is not None
        return str(about.subject)
    found = Image.open(BytesIO(copy.content)).info
    return str(found.get("Description") or found["comment"].decode())


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [(PDF, "application/pdf", "pdf"), (PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg")],
)
def test_shows_a_copy_that_names_its_viewer_its_event_and_its_original(content, media_type, ending, ann, at):
    file = put(content, ann, at)
    receipt = services.record_read(file.id, by=ann, at=at)
    copy = show(file.id, name="scan", by=ann, at=at, receipt=receipt)
    assert (copy.media_type, copy.name) == (media_type, f"scan-{receipt.event}.{ending}")
    assert copy.content != content
    for words in (ann.name, ann.number, str(receipt.event), sha256(content).hexdigest()):
        assert words in said(copy)
    if ending == "pdf":
        assert WORDS in pypdf.PdfReader(BytesIO(copy.content)).pages[0].extract_text()
    assert digests([file.id]) == {file.id: sha256(content).hexdigest()}


def test_a_sound_carries_its_event_in_its_name(ann, at):
    copy = looked(put(SOUND, ann, at), ann, at, ending="mp3")
    assert (copy.media_type, copy.content) == ("application/octet-stream", SOUND)
    assert copy.name.removeprefix("scan-").removesuffix(".mp3").isdigit()


def test_what_cannot_be_stamped_is_not_shown(ann, at):
    with pytest.raises(Unreadable, match="damaged"):
        looked(put(b"%PDF-1.7 that is all", ann, at), ann, at)
    with pytest.raises(Unreadable, match="damaged"):
        stamped(b"\xff\xd8\xff a photograph", name="l4", by=ann, at=at, event=1)


def test_refuses_a_file_that_is_not_the_one_whose_digest_was_recorded(ann, at):
    file = put(PNG, ann, at)
    SealedFile.objects.filter(pk=file.pk).update(sha256=sha256(PDF).digest())
    with pytest.raises(CannotOpen):
        looked(file, ann, at)


def test_is_over_with_the_term_of_the_file(ann, at):
    file = put(PNG, ann, at)
    receipt = services.record_read(file.id, by=ann, at=at)
    with pytest.raises(services.NotReadable):
        show(file.id, name="scan", by=ann, at=file.keep_until, receipt=receipt)

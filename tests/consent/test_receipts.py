"""A receipt carries the mandatory fields of ISO/IEC TS 27560, as the customer read them, and its own signature."""

import json
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent import receipts
from consent.models import ConsentRecord, NoticeText, NoticeVersion
from consent.receipts import document_of
from tests.access.cast import Cast
from tests.consent.builders import Answering, published
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SAID = {
    "controller": ("Example Ltd", ["E-mail: privacy@example.com", "Phone: 010-00000000"]),
    "method": ("face to face", []),
    "recipients": ("", ["Example Printing: name, address"]),
    "retention": ("then it is destroyed", ["Service: 36 months"]),
    "rights": ("see, correct, copy, withdraw", []),
}


@pytest.fixture
def desk() -> Answering:
    cast = Cast(clock())
    bare = published(cast.at, "service", "marketing")
    version = NoticeVersion.objects.create(
        notice=bare.notice, number=2, purposes=bare.purposes, published_at=cast.at, proposal=bare.proposal
    )
    sections = [
        {"code": code, "title": code, "text": text, "items": items} for code, (text, items) in SAID.items()
    ]
    NoticeText.objects.create(version=version, language="en", sections=sections, sha256="1" * 64)
    return Answering(version, cast.agent())


def test_has_every_mandatory_field(desk) -> None:
    row = desk.record(True, at=clock(), separate=True, guardian="父亲")
    said = document_of([row])
    assert {name for name, value in said.items() if not value} == set()
    assert said["receipt_id"] in said["record_ids"]
    assert said["pii_controllers"] == [
        {"role": "pii_controller", "name": "Example Ltd", "contact": SAID["controller"][1]}
    ]
    assert said["recipients"] == ["Example Printing: name, address"]
    assert said["storage_locations"] == [{"kept_by": "Example Ltd", "country": "CN"}]
    assert said["privacy_notice"]["sha256"] == "1" * 64
    (one,) = said["processing"]
    assert one["purpose"]["code"] == "service"
    assert (one["event"]["state"], one["event"]["entity"]) == ("consent_given", "guardian")
    assert one["retention_period"]["then"] == "then it is destroyed"
    assert one["separate_consent"]
    assert "mobile" in {field["attribute_id"] for field in one["pii_information"]}
    assert str(desk.subject) not in json.dumps(said)


def test_says_who_spoke_and_what_came_of_it(desk) -> None:
    row = desk.record(False, at=clock(), purpose="marketing")
    event = document_of([row])["processing"][0]["event"]
    assert (event["type"], event["state"], event["entity"]) == (
        "refused", "consent_refused", "pii_principal",
    )  # fmt: skip


def test_whoever_has_the_public_key_checks_it_without_us(desk) -> None:
    """Checked here by the rule that the page tells: Ed25519 over the canonical JSON without its proof."""
    said = document_of([desk.record(True, at=clock())])
    proof = said.pop("proof")
    key = Ed25519PublicKey.from_public_bytes(b64decode(dict(receipts.public_keys())[proof["key"]]))
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key.verify(b64decode(proof["signature"]), canonical)
    assert ConsentRecord.objects.get().language == said["language"]

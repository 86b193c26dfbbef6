"""Receipts: what was consented to, as signed JSON with the fields of ISO/IEC TS 27560 (as the W3C DPV guide lists).

The signature is Ed25519 (RFC 8032) over the canonical JSON of the document without its `proof`. Whoever has the
public key can check a receipt without us; the key file is not the KEK and opens nothing.

    key file    {"format": 1, "receipts": {"current": 1, "keys": {"1": "<base64 of 32 bytes>"}}}
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext, override

from consent import links
from consent.drafting import CONTROLLER, METHOD, RECIPIENTS, RETENTION, RIGHTS
from consent.models import GIVEN, REFUSED, REVOKED, WITHDRAWN, ConsentRecord
from consent.queries.states import states
from consent.services import answers
from consent.services.records import asked_of
from vault.keyfiles import read_receipt_file

SCHEMA = "custinfo.consent-receipt.1"
JURISDICTION = "CN"
NOTHING: Mapping[str, Any] = {"text": "", "items": []}
"""What a notice says of a section that it does not have."""
OK, NOT_A_RECEIPT, UNKNOWN_KEY, BAD_SIGNATURE, OTHER_VERSION = (
    "ok",
    "not_a_receipt",
    "unknown_key",
    "bad_signature",
    "other_version",
)
LONGEST = 200_000
STATES = {
    GIVEN: "consent_given",
    REFUSED: "consent_refused",
    WITHDRAWN: "consent_withdrawn",
    REVOKED: "consent_revoked",
}
"""An answer as DPV names the state that it brings about."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One purpose of a receipt: what was answered, and what it is now."""

    code: str
    names: Mapping[str, str]
    answer: str
    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A receipt for the page: the signed document, and each purpose with its state of now."""

    document: Mapping[str, Any]
    notice: str
    number: int
    answered_at: datetime
    language: str
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of a receipt found. `fingerprint` is that of the key it claims."""

    valid: bool
    reason: str
    fingerprint: str = ""
    receipt: Mapping[str, Any] | None = None


def shown(token: str, *, at: datetime) -> ReceiptShown | None:
    """Return the receipt of a link's answers; None where there is none."""
    with links.showing(token):
        row = answers.by_receipt(token)
        if row is None:
            return None
        records = list(
            ConsentRecord.objects.filter(link=row.link, at=row.at)
            .select_related("version__notice")
            .order_by("id")
        )
        return of_records(records, at=at)


def of_records(records: Sequence[ConsentRecord], *, at: datetime) -> ReceiptShown:
    """Return the receipt of answers that were given together, to one version of a notice."""
    first = records[0]
    asked = asked_of(first.version)
    now = states([first.subject], at, purposes=[one.purpose for one in records])
    return ReceiptShown(
        document=document_of(records),
        notice=first.version.notice_id,
        number=first.version.number,
        answered_at=first.effective_at,
        language=first.language,
        lines=tuple(
            ReceiptLine(
                code=one.purpose,
                names=asked[one.purpose]["names"],
                answer=one.answer,
                state=now[first.subject, one.purpose].state,
                since=now[first.subject, one.purpose].since,
                until=now[first.subject, one.purpose].valid_until,
            )
            for one in records
        ),
    )


def document_of(records: Sequence[ConsentRecord]) -> dict[str, Any]:
    """Return the signed receipt of answers that were given together, to one version of a notice."""
    first = records[0]
    said = _said_in(first)
    body: dict[str, Any] = {
        "schema_version": SCHEMA,
        "receipt_id": str(first.ref),
        "record_ids": [str(one.ref) for one in records],
        # A pseudonym that only this installation can resolve: the receipt names nobody.
        "pii_principal_id": sha256(first.subject.bytes + first.ref.bytes).hexdigest(),
        "jurisdiction": JURISDICTION,
        "language": first.language,
        "collection_method": first.method,
        "privacy_notice": {
            "code": first.version.notice_id,
            "version": first.version.number,
            "published_at": first.version.published_at.isoformat(),
            "sha256": _digest_of_notice(first),
        },
        "pii_controllers": _controllers(said),
        "recipients": said.get(RECIPIENTS, NOTHING)["items"],
        "storage_locations": [
            {"kept_by": one["name"], "country": JURISDICTION} for one in _controllers(said)
        ],
        "processing_method": said.get(METHOD, NOTHING)["text"],
        "pii_principal_rights": said.get(RIGHTS, NOTHING)["text"],
        "withdrawal_method": _withdrawal(first.language),
        "processing": [_processing(one, said) for one in records],
    }
    return {**body, "proof": _sign(body)}


def verify(document: object) -> Verified:
    """Check a receipt that somebody brings. Never raises."""
    if not isinstance(document, dict) or not isinstance(document.get("proof"), dict):
        return Verified(valid=False, reason=NOT_A_RECEIPT)
    if document.get("schema_version") != SCHEMA:
        return Verified(valid=False, reason=OTHER_VERSION)
    proof, body = document["proof"], {name: value for name, value in document.items() if name != "proof"}
    claimed = str(proof.get("key", ""))[:64]
    key = _keys()[1].get(claimed)
    if key is None:
        return Verified(valid=False, reason=UNKNOWN_KEY, fingerprint=claimed)
    try:
        key.public_key().verify(b64decode(str(proof.get("signature", "")), validate=True), _canonical(body))
    except (InvalidSignature, ValueError, TypeError, RecursionError):
        return Verified(valid=False, reason=BAD_SIGNATURE, fingerprint=claimed)
    return Verified(valid=True, reason=OK, fingerprint=claimed, receipt=body)


def verify_text(text: str) -> Verified:
    """Check a receipt as it was pasted or uploaded."""
    if len(text) > LONGEST:
        return Verified(valid=False, reason=NOT_A_RECEIPT)
    try:
        return verify(json.loads(text))
    except (ValueError, RecursionError):
        return Verified(valid=False, reason=NOT_A_RECEIPT)


def public_keys() -> tuple[tuple[str, str], ...]:
    """Return the fingerprints and public keys (base64) with which receipts are checked."""
    return tuple((name, b64encode(_raw(key.public_key())).decode()) for name, key in _keys()[1].items())


def _processing(one: ConsentRecord, said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    asked = asked_of(one.version)[one.purpose]
    return {
        "purpose": {"code": one.purpose, "version": asked["version"], "names": asked["names"]},
        "lawful_basis": asked["basis"],
        "event": {
            "type": one.answer,
            "state": STATES[one.answer],
            "entity": _entity(one),
            "effective_at": one.effective_at.isoformat(),
            "recorded_at": one.at.isoformat(),
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        },
        "pii_information": [
            {
                "attribute_id": code,
                "names": field["names"],
                "optional": not field["necessary"],
                "sensitive": field["sensitive"],
            }
            for code, field in asked["fields"].items()
            if one.answer != GIVEN or code in one.fields
        ],
        "separate_consent": one.separate,
        "retention_period": {
            "months": asked["retain_months"],
            "from": asked["retain_from"],
            "then": said.get(RETENTION, NOTHING)["text"],
        },
    }


def _digest_of_notice(one: ConsentRecord) -> str:
    texts = {text.language: text.sha256 for text in one.version.texts.all()}
    return texts.get(one.language, "")


def _said_in(one: ConsentRecord) -> dict[str, Mapping[str, Any]]:
    """Return the sections of the notice as the customer read them, by code."""
    texts = [text.sections for text in one.version.texts.all() if text.language == one.language]
    return {section["code"]: section for sections in texts for section in sections}


def _controllers(said: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    section = said.get(CONTROLLER)
    role = "pii_controller"
    return [{"role": role, "name": section["text"], "contact": section["items"]}] if section else []


def _entity(one: ConsentRecord) -> str:
    """Name who spoke: the handler for a revocation, a guardian for a child, the customer otherwise."""
    if one.answer == REVOKED:
        return "pii_controller"
    return "guardian" if one.guardian else "pii_principal"


def _withdrawal(language: str) -> str:
    with override(language):
        return gettext("On the page of this receipt, or by telling us in any other way.")


def _sign(body: Mapping[str, Any]) -> dict[str, str]:
    current, keys = _keys()
    return {
        "type": "Ed25519",
        "key": current,
        "signature": b64encode(keys[current].sign(_canonical(body))).decode(),
    }


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _keys() -> tuple[str, dict[str, Ed25519PrivateKey]]:
    return _read(settings.RECEIPT_KEY_FILE)


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[str, dict[str, Ed25519PrivateKey]]:
    held = read_receipt_file(path)
    keys = {version: Ed25519PrivateKey.from_private_bytes(raw) for version, raw in held.keys.items()}
    named = {version: sha256(_raw(key.public_key())).hexdigest()[:32] for version, key in keys.items()}
    return named[held.current], {named[version]: key for version, key in keys.items()}


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes_raw()

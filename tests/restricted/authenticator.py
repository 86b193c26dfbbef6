"""A security key in software: resident, and sure of its user."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from os import urandom

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
HOST = "localhost"


@dataclass
class SecurityKey:
    """One key with one credential."""

    id: bytes = field(default_factory=lambda: urandom(16))
    counter: int = 0
    flags: FLAG = FLAG.UP | FLAG.UV

    def __post_init__(self) -> None:
        self.secret = ec.generate_private_key(ec.SECP256R1())

    def enrols(self, challenge: str) -> str:
        """Answer as `navigator.credentials.create` does."""
        public = ES256.from_cryptography_key(self.secret.public_key())
        credential = AttestedCredentialData.create(bytes(Aaguid.NONE), self.id, public)
        data = AuthenticatorData.create(rp(), self.flags | FLAG.AT, self.counter, credential)
        attested = AttestationObject.create("none", data, {})
        said = client_data("webauthn.create", challenge)
        return self._answer(said, {"attestationObject": websafe_encode(attested)})

    def answers(self, challenge: str, *, origin: str = "", counts: bool = True) -> str:
        """Answer as `navigator.credentials.get` does."""
        self.counter += counts
        data = AuthenticatorData.create(rp(), self.flags, self.counter)
        said = client_data("webauthn.get", challenge, origin)
        signature = self.secret.sign(data + said.hash, ec.ECDSA(SHA256()))
        parts = {"authenticatorData": websafe_encode(data), "signature": websafe_encode(signature)}
        return self._answer(said, parts)

    def _answer(self, said: CollectedClientData, parts: dict[str, str]) -> str:
        id = websafe_encode(self.id)
        response = parts | {"clientDataJSON": websafe_encode(said)}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})


def client_data(type: str, challenge: str, origin: str = "") -> CollectedClientData:
    """Return what a browser says of the page that asked."""
    return CollectedClientData.create(type, challenge.encode(), origin or settings.RESTRICTED_URL)


def rp() -> bytes:
    return sha256(HOST.encode()).digest()

"""How allauth is bent to the laws of this house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from vault.opening import open_login
from vault.sealing import seal_login


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Login without sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Nobody signs up: people are proposed and signed for."""
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors whose secrets lie sealed."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under the login key."""
        return seal_login(text, about="second factor")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return open_login(encrypted_text, about="second factor")

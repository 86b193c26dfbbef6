"""Codes of this app in the reader's language, made when shown."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


def enrolment_words(code: str) -> str:
    """Say why an enrolment does not go on, and what to do."""
    words = {
        "unknown": _("This link is not known. Ask for a new one."),
        "used": _("This link was used already. If that was not you, tell the security manager at once."),
        "ended": _("This link was replaced or stopped. Ask for a new one."),
        "expired": _("This link was good for 24 hours and has expired. Ask for a new one."),
        "not_working": _("This account is not in use. Ask the security manager."),
        "code_missing": _("Type the code that the signer gave you, too."),
        "wrong_code": _("This code is not right. After five wrong ones the link ends."),
        "wrong_password": _("The password is not right."),
        "wrong_totp": _("The one-time code is not right. Type the one that your app shows now."),
        "not_yours": _("This part of the enrolment is for somebody else, or it is over."),
    }
    return words[code]


def session_words(why: str) -> str:
    """Say why a session ended (the `ended` parameter of the login page)."""
    words = {
        "too_long": _("Twelve hours have passed. Log in again."),
        "no_login": _("Log in again."),
        "left": _("This account has ended."),
        "expired": _("This account was valid for a time that is over."),
        "frozen": _("This account is frozen. Ask the security manager."),
        "not_yet": _("This account begins later."),
    }
    return words.get(why, "")


def state_words(state: str) -> str:
    """Name a person's job state."""
    words = {
        "working": _("working"),
        "not_yet": _("begins later"),
        "left": _("left"),
        "expired": _("expired"),
        "frozen": _("frozen"),
    }
    return words[state]


def notification_words(code: str, params: Mapping[str, object]) -> str:
    """Word a notification."""
    kind = str(params.get("name") or params.get("kind") or "")
    words = {
        "proposal_waits": _("A proposal waits for your signature: %(kind)s"),
        "proposal_applied": _("Your proposal was signed and carried out: %(kind)s"),
        "proposal_narrowed": _("Your proposal was narrowed by a signer: %(kind)s"),
        "grant_revoked": _("Your usage grant was revoked: %(kind)s"),
        "proposal_refused": _("Your proposal was refused: %(kind)s"),
        "l4_request_waits": _("A request for L4 waits for your signature on the restricted site"),
    }
    return words[code] % {"kind": kind} if code in words else code

"""Codes of this app in the reader's language, made when shown."""

from django.utils.translation import gettext as _


def login_words(why: str) -> str:
    """Say why nobody came in. The page does not say which of the three was wrong."""
    words = {
        "too_many": _("Too many wrong tries. Wait five minutes."),
        "frozen": _("This account is frozen. Ask the security manager."),
    }
    return words.get(
        why,
        _(
            "Number, password or code is not right, or you are not enrolled here. A code counts once:"
            " wait for the next one."
        ),
    )


def ended_words(why: str) -> str:
    """Say why a session ended."""
    words = {
        "idle": _("Five minutes without a sign from you: the session has ended."),
        "too_long": _("An hour has passed: the session has ended."),
        "left": _("This account has ended."),
        "expired": _("This account was valid for a time that is over."),
        "frozen": _("This account is frozen. Ask the security manager."),
        "out": _("You are logged out."),
    }
    return words.get(why, _("Log in again."))


def enrolment_words(why: str) -> str:
    """Say why an enrolment does not go on."""
    words = {
        "too_many": _("Too many wrong tries. Wait five minutes."),
        "used": _("This code was used already. If that was not you, tell the security manager at once."),
        "expired": _("This code was good for 24 hours and has expired. Ask for a new one."),
        "wrong_code": _("The code of your app is not right. Type the one that it shows now."),
    }
    return words.get(why, _("Number, one-time code and password do not belong together."))


def refusal_words(why: str) -> str:
    """Say why a value is not shown, or a request not taken."""
    words = {
        "no_grant": _("There is no approved request of yours for this value at this moment."),
        "lacks_undertaking": _("Read and sign the confidentiality undertaking on the main site first."),
        "lacks_training": _("You have no valid proof of the required training."),
        "officer_alone": _("Originals of authorisations are checked by the data security officer alone."),
        "reason_missing": _("Say why."),
        "reason_too_long": _("The reason is too long: 1,000 characters at most."),
        "code": _("The code is not right or was used already. Wait for the next one."),
        "too_many": _("Too many wrong codes. Wait five minutes."),
        "may_not_ask": _("Your role does not ask to see L4 values."),
        "purpose": _("Choose a purpose that your role works for."),
        "term": _("From and until must be in order, end in the future, and be at most seven days apart."),
        "damaged": _("This value cannot be opened."),
    }
    return words[why]


def state_words(state: str) -> str:
    """Name what a request is now."""
    words = {
        "waiting": _("waits for signatures"),
        "refused": _("refused"),
        "not_yet": _("approved, begins later"),
        "live": _("approved"),
        "over": _("over"),
    }
    return words[state]


def seat_words(seat: str) -> str:
    """Name a seat."""
    return {"head": _("Department head"), "officer": _("Data security officer")}[seat]

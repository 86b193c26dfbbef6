"""Codes of this app in the reader's language, made when shown."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vault.away import KeysAway, OlderKey, Sealed
from vault.models import COMPROMISED, CREATED, DESTROYED, MINIMUM, PROMOTED, RETIRED

KEY_ACTS: Mapping[str, Promise] = {
    CREATED: gettext_lazy("Make a master key"),
    PROMOTED: gettext_lazy("Promote a master key"),
    RETIRED: gettext_lazy("Retire a master key"),
    COMPROMISED: gettext_lazy("Mark a master key as compromised"),
    MINIMUM: gettext_lazy("Raise the lowest version that unwraps"),
    DESTROYED: gettext_lazy("Destroy a master key"),
}


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
        "sealed": _("This site is sealed. No value opens until it has been opened again."),
        "storage_only": _(
            "The term of this value is over: it is kept for storage only and shown to nobody (PIPL 47)."
        ),
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


def restriction_words(basis: str, kept_until: datetime | None) -> str:
    """Say why a value that nobody may read is still there."""
    if kept_until is None:
        return ""
    words = {
        "floor": _("A law wants it kept until %(date)s."),
        "hold": _("It is held for a legal matter until %(date)s."),
        "stored": _("The retention schedule stores it until %(date)s."),
    }
    # The last day on which it is kept, not the midnight after it.
    last = timezone.localtime(kept_until - timedelta(microseconds=1))
    return words[basis] % {"date": last.strftime("%Y-%m-%d")} if basis in words else ""


def key_act_words(fact: str) -> str:
    """Name an act on a master key."""
    return str(KEY_ACTS[fact])


def key_state_words(state: str) -> str:
    """Name what a version of the master key does now."""
    words = {
        "waiting": _("waiting for promotion"),
        "active": _("active"),
        "decrypt_only": _("decrypt only"),
        "destroyed": _("destroyed"),
    }
    return words[state]


def act_state_words(state: str) -> str:
    """Name what became of a proposed act."""
    words = {
        "waiting": _("waits for another custodian"),
        "refused": _("refused"),
        "approved": _("approved, is carried out within seconds"),
        "done": _("done"),
        "over": _("over: not answered or not possible within seven days"),
    }
    return words[state]


def key_refusal_words(code: str) -> str:
    """Say why an act on a master key cannot be done."""
    words = {
        "kek_proposed": _("This is proposed already and waits."),
        "kek_waiting": _("A master key waits for its promotion already."),
        "kek_changed": _("The master keys have changed since. Look at the page again."),
        "kek_unknown": _("There is no such master key."),
        "kek_destroyed": _("This master key is destroyed already."),
        "kek_away": _("The key of L4 is not there. This can be proposed once it is."),
        "kek_not_held": _("Whoever keeps the key of L4 does not have this master key."),
        "kek_not_waiting": _("Only a master key that waits for its promotion can be promoted."),
        "kek_current": _("This master key wraps at present. Promote a newer one first."),
        "kek_not_current": _("No newer master key wraps yet. Promote it first."),
        "kek_so_already": _("This is so already."),
        "kek_in_use": _("Data keys still lie under it or below it. They are being wrapped anew: wait."),
        "kek_unwraps": _("It may still unwrap. Raise the lowest version that unwraps above it first."),
        "own": _("Another custodian than the one who proposed it answers."),
        "code": _("The code is not right or was used already. Wait for the next one."),
        "too_many": _("Too many wrong codes. Wait five minutes."),
    }
    return words[code]


def away_words(away: KeysAway, keeper: str) -> str:
    """Say why no value opens on this host, and what is to be done.

    :param keeper: who keeps its master key: file, keyholder, pkcs11.
    """
    if isinstance(away, OlderKey):
        return _(
            "An older key of L4 is served here than values lie under, so none opens. Bring the newest key to this host;"
            " nothing is lost, and no restart is needed."
        )
    if keeper == "keyholder":
        return _sealed_words(away)
    if isinstance(away, Sealed):
        return _(
            "This site is sealed: no value opens. Logging in and the trail go on. It is opened again at this host,"
            " with manage.py restricted_unseal."
        )
    if keeper == "pkcs11":
        return _(
            "The device that keeps the key of L4 does not answer, so no value opens. Logging in and the trail go on,"
            " and what is handed over waits. It goes on by itself once the device is back."
        )
    return _(
        "The key file of L4 cannot be used, so no value opens. Logging in and the trail go on, and what is handed over"
        " waits. It goes on by itself once the file is back."
    )


def _sealed_words(away: KeysAway) -> str:
    if not isinstance(away, Sealed):
        return _(
            "The keyholder of this host does not answer, so no value opens. Logging in and the trail go on, and what is"
            " handed over waits. Start it (manage.py restricted_keyholder); then the custodians of L4 bring their"
            " shares."
        )
    words = _(
        "This site is sealed: no value opens. Logging in and the trail go on, and what is handed over waits. The"
        " custodians of L4 open it at this host, each with their share: manage.py bring_share."
    )
    if not away.needed:
        return words
    counted = _("%(words)s %(brought)s of %(needed)s shares are in.")
    return counted % {"words": words, "brought": away.brought, "needed": away.needed}


def restore_words(code: str, about: str) -> str:
    """Say why L4 is not brought back."""
    words = {
        "not_set_up": _(
            "No places for backups of L4 are set: RESTRICTED_BACKUP_DIR, RESTRICTED_KEYS_BACKUP_DIR."
        ),
        "no_identity": _("Give the identity of the recipient of the backups: --identity FILE."),
        "no_backup": _("There is no backup of L4 (%(about)s)."),
        "no_tables": _("%(about)s is of an older version of this software and has no tables in it."),
        "older_keys": _(
            "Newer keys lie there: %(about)s. With older ones values that were destroyed would be back."
        ),
        "file_missing": _("%(about)s is missing."),
        "file_changed": _("%(about)s is not what the manifest says: it was changed or damaged."),
        "newer_software": _("The backup is of newer software than this: %(about)s."),
        "main_closed": _(
            "The main site is being restored. Finish that first: its journal says what was destroyed."
        ),
        "in_use": _("%(about)s others are connected. Stop the restricted processes first."),
        "not_empty": _("The database of L4 is not empty. --replace drops what is there."),
        "foreign_deployment": _("%(about)s is of another restricted host."),
        "wrong_identity": _("%(about)s was not sealed to this identity."),
        "not_restorable": _("It cannot be restored: %(about)s."),
        "keys_do_not_open": _("%(about)s data keys do not open under the master key of this host."),
        "keys_away": _(
            "The master key of L4 is not there (%(about)s): what comes back is tried under it. Bring it, then begin."
        ),
        "may_not_make_databases": _("The owner's login may not make databases (custinfo.createdb=yes)."),
    }
    return words[code] % {"about": about}


def fault_words(code: str) -> str:
    """Say what is wrong with a backup of L4."""
    words = {
        "counts_differ": _("The tables do not hold as many rows as the manifest says."),
        "heads_differ": _("The migrations are not those of the manifest."),
        "values_missing": _("Values are missing that nobody ordered destroyed."),
    }
    return words[code]

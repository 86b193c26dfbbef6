"""Codes of this app in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from approvals.registry import CannotApply, Line
from custody import acts
from custody.models.drills import copies
from vault import keks
from vault.keks import Life

ACTS: Mapping[str, str | Promise] = {
    acts.CREATE: gettext_lazy("Make a master key"),
    acts.PROMOTE: gettext_lazy("Promote a master key"),
    acts.RETIRE: gettext_lazy("Retire a master key"),
    acts.COMPROMISE: gettext_lazy("Mark a master key as compromised"),
    acts.RAISE_MINIMUM: gettext_lazy("Raise the lowest version that unwraps"),
    acts.DESTROY: gettext_lazy("Destroy a master key"),
    acts.REWRAP: gettext_lazy("Wrap data keys anew"),
    acts.REKEY: gettext_lazy("Rotate data keys"),
    acts.REINDEX: gettext_lazy("Rotate the index epoch"),
    acts.RESEAL: gettext_lazy("Seal values in another suite"),
    acts.DRILL: gettext_lazy("Record an escrow drill"),
}

STATES: Mapping[str, Promise] = {
    keks.WAITING: gettext_lazy("waiting for promotion"),
    keks.ACTIVE: gettext_lazy("active"),
    keks.DECRYPT_ONLY: gettext_lazy("decrypt only"),
    keks.GONE: gettext_lazy("destroyed"),
}

SCOPES: Mapping[str, Promise] = {
    "all": gettext_lazy("all customers"),
    "portfolio": gettext_lazy("one portfolio"),
    "customer": gettext_lazy("one customer"),
}


DUES: Mapping[str, Promise] = {
    "kek": gettext_lazy("rotation of the master key"),
    "drill": gettext_lazy("escrow drill"),
}


def step_words(kind: str, number: int) -> str:
    """Say an act with the version, epoch or suite that it is about."""
    if kind == acts.REWRAP:
        return _("Wrap all data keys anew under version %(number)s") % {"number": number}
    return f"{ACTS[kind]} · {number}"


def lines(kind: str, content: Mapping[str, Any], life: Life) -> Sequence[Line]:
    """Say what an act changes: today against what is asked."""
    if kind in acts.OF_KEKS:
        return _of_kek(kind, int(content["version"]), life)
    if kind == acts.REWRAP:
        moved = _("%(keys)s under older master keys") % {"keys": f"{life.under_older:,}"}
        return [Line(_("Data keys"), moved, _("all under version %(version)s") % content)]
    if kind == acts.REKEY:
        named = " ".join(part for part in (str(SCOPES[content["scope"]]), content["id"]) if part)
        return [
            Line(_("Whose data keys"), "", named),
            Line(
                pgettext("what is sealed anew", "Values"),
                "",
                _("sealed anew under new data keys; the old ones are destroyed"),
            ),
        ]
    if kind == acts.REINDEX:
        new = _("epoch %(epoch)s; the older root is destroyed at the end") % content
        return [Line(_("Blind index"), "", new)]
    if kind == acts.RESEAL:
        return [
            Line(pgettext("what is sealed anew", "Values"), "", _("sealed anew in suite %(suite)s") % content)
        ]
    return [
        Line(_("Held on"), "", content["held_on"]),
        Line(_("What was brought back"), "", str(dict(copies())[content["copy"]])),
        Line(_("Result"), "", opened(content["opened"])),
    ]


def _of_kek(kind: str, version: int, life: Life) -> Sequence[Line]:
    kek = life.get(version)
    state = str(STATES[kek.state]) if kek else _("not there")
    said = {
        acts.CREATE: _("made, waits for promotion"),
        acts.PROMOTE: _("wraps every data key from now on; version %(current)s only unwraps")
        % {"current": life.current},
        acts.RETIRE: _("never wraps"),
        acts.COMPROMISE: _("others may know it"),
        acts.RAISE_MINIMUM: _("the lowest version that unwraps"),
        acts.DESTROY: _("destroyed; what older copies of the keyring hold under it opens no more"),
    }
    named = _("Master key, version %(version)s") % {"version": version}
    before = str(life.minimum) if kind == acts.RAISE_MINIMUM else state
    found = [Line(named, before, said[kind])]
    if kek and kind in {acts.DESTROY, acts.RAISE_MINIMUM}:
        found.append(Line(_("Data keys under it"), f"{kek.data_keys:,}"))
    return found


def opened(said: bool) -> str:
    """Say how a drill ended."""
    return _("test values opened") if said else _("did not open")


def refusal_words(code: str, params: Mapping[str, object]) -> str:
    """Say why a key act cannot be done, or nothing for a code of others."""
    words = {
        "kek_waiting": _("A master key waits for its promotion already."),
        "kek_changed": _("The master keys have changed since. Look at the register again."),
        "kek_unknown": _("There is no such master key."),
        "kek_destroyed": _("This master key is destroyed already."),
        "kek_not_held": _("This process does not hold the master key yet. Roll it out first."),
        "kek_not_waiting": _("Only a master key that waits for its promotion can be promoted."),
        "kek_current": _("This master key wraps at present. Promote a newer one first."),
        "kek_not_current": _("No newer master key wraps yet. Promote it first."),
        "kek_so_already": _("This is so already."),
        "kek_in_use": _("Data keys still lie under it or below it. Wrap them anew first."),
        "kek_unwraps": _("It may still unwrap. Raise the lowest version that unwraps above it first."),
        "key_job_unknown": _("This site has no such rotation yet."),
        "key_job_running": _("Such a rotation is running. Wait until it has ended."),
        "nothing_to_rewrap": _("Every data key lies under the active master key already."),
        "key_unreadable": _(
            "So many data keys do not open that the master key or the keyring is not the right one. They stay as"
            " they are. Bring the newest copies back, then wrap anew again."
        ),
        "not_a_custodian": _("Key acts are signed by key custodians only."),
        "drill_ahead": _("The day of the drill lies in the future."),
    }
    return words[code] % params if code in words else ""


def unreadable_words(job: str, count: int) -> str:
    """Say what stays behind a rotation because it does not open, and what to do next; nothing where there is none."""
    if not count:
        return ""
    if job == acts.REWRAP_JOB:
        return ngettext(
            "%(count)s data key does not open. It stays under its master key, which cannot be destroyed. Bring the"
            " newest copy of the keyring or of the lost master key back, then wrap anew again.",
            "%(count)s data keys do not open. They stay under their master key, which cannot be destroyed. Bring the"
            " newest copy of the keyring or of the lost master key back, then wrap anew again.",
            count,
        ) % {"count": f"{count:,}"}
    return ngettext(
        "%(count)s value does not open. It stays as it is, and so does the key version that it lies under."
        " manage.py try_values names it. Bring the lost key back or enter the value anew, then rotate again.",
        "%(count)s values do not open. They stay as they are, and so do the key versions that they lie under."
        " manage.py try_values names them. Bring the lost key back or enter the values anew, then rotate again.",
        count,
    ) % {"count": f"{count:,}"}


def cannot_apply_words(problem: CannotApply) -> str:
    """Say why a key act was refused, or nothing for a problem of others."""
    return refusal_words(problem.code, problem.params)

"""The life of this host's master keys: as on the main site (`vault.keks`), in this host's own database.

An act is proposed by one custodian and approved by another, here; `restricted_jobs` carries it out, because it alone
may have keys made and destroyed. Whether an act was done is a fact in `KekFact`; everything else is computed.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connections, transaction
from django.db.models import Count

from restricted import events
from restricted.models import DataKey, KekFact, KeyAct
from restricted.place import ALIAS
from trail import services as trail
from trail.actor import Actor
from vault.apart import held_keks
from vault.away import KeysAway
from vault.keks import FIRST, Kek, KekRefused, Life, refusal, state_of
from vault.keyfiles import BadKeyFile
from vault.models import CREATED, DESTROYED, KEK_FACTS, MINIMUM, PROMOTED

TERM = timedelta(days=7)
"""How long a proposed act may be answered and carried out."""
WANTS_THE_KEY = frozenset({CREATED, PROMOTED})
"""What can be proposed only while whoever keeps the key says which versions there are."""
WAITING, REFUSED, APPROVED, DONE, OVER = "waiting", "refused", "approved", "done", "over"


def current() -> int:
    """Return the version that wraps: the last promoted; where none was, the first, as on the main site."""
    found = KekFact.objects.filter(fact=PROMOTED).order_by("-version").first()
    return found.version if found else FIRST


def minimum() -> int:
    """Return the lowest version that unwraps."""
    found = KekFact.objects.filter(fact=MINIMUM).order_by("-version").first()
    return found.version if found else FIRST


def life() -> Life:
    """Return every version with its state and how many data keys lie under it."""
    now, facts = current(), _facts()
    counts = dict(DataKey.objects.values_list("kek_version").annotate(Count("value")).order_by())
    try:
        held = set(held_keks().versions())
    except (KeysAway, BadKeyFile):
        held = set()  # the register is read while this host is sealed, too
    # Each up to the newest: one that was destroyed by a process that was killed then is told of all the same.
    known = range(FIRST, max(facts.keys() | counts.keys() | held | {FIRST}) + 1)
    return Life(
        now,
        minimum(),
        [
            Kek(
                version,
                state_of(version, now, facts.get(version, {})),
                version in held,
                counts.get(version, 0),
                facts.get(version, {}),
            )
            for version in known
        ],
    )


def _facts() -> dict[int, dict[str, KekFact]]:
    found: dict[int, dict[str, KekFact]] = {}
    for one in KekFact.objects.select_related("act__answer"):
        found.setdefault(one.version, {})[one.fact] = one
    return found


def content_hash(act: KeyAct) -> bytes:
    """Return the SHA-256 of everything that is approved (law 9)."""
    content = {
        "act": str(act.pk),
        "fact": act.fact,
        "version": act.version,
        "proposer": str(act.person),
        "at": act.at.isoformat(),
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).digest()


def state(act: KeyAct, at: datetime) -> str:
    """Return what became of an act: computed from its answer and its fact (law 7)."""
    if hasattr(act, "done"):
        return DONE
    answer = getattr(act, "answer", None)
    if answer and not answer.accepted:
        return REFUSED
    if at >= act.at + TERM:
        return OVER
    # SECURITY: an answer counts of another person, and of this content only.
    counts = answer and answer.person != act.person and bytes(answer.content_sha256) == content_hash(act)
    return APPROVED if counts else WAITING


def acts_since(since: datetime) -> list[KeyAct]:
    """Return acts proposed since then, newest first."""
    return list(KeyAct.objects.filter(at__gte=since).select_related("answer", "done").order_by("-at"))


def possible(known: Life, *, away: bool = False) -> list[tuple[str, int, str]]:
    """Return the acts that could come next, each with its version and the code of why it cannot yet, or nothing.

    :param away: nobody says which versions there are.
    """
    found = [(CREATED, known.following, refusal(CREATED, known.following, known))]
    for kek in reversed(known.keks):
        found += [
            (fact, kek.version, refusal(fact, kek.version, known)) for fact in KEK_FACTS if fact != CREATED
        ]
    never = {"kek_not_waiting", "kek_so_already", "kek_destroyed", "kek_current", "kek_not_current"}
    return [
        (fact, version, "kek_away" if away and fact in WANTS_THE_KEY else why)
        for fact, version, why in found
        if why not in never
    ]


def carry_out(act: KeyAct, *, by: Actor, at: datetime) -> None:
    """Do an approved act, once however often it is begun.

    :raises KekRefused: as things stand it cannot be done; it may be later.
    """
    if act.fact in (CREATED, DESTROYED):
        _insist(act)
        _change_keys(act)
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        # SECURITY: none while a data key is being written: its master key would be counted as empty.
        cursor.execute("lock table restricted_datakey in share row exclusive mode")
        if KekFact.objects.filter(act=act).exists():
            return
        _insist(act)
        KekFact.objects.create(fact=act.fact, version=act.version, act=act, at=at)
        facts = {"key_act": act.fact, "kek": act.version}
        trail.record(events.KEY_ACT_DONE, by=by, at=at, facts=facts, request=str(act.pk))


def _change_keys(act: KeyAct) -> None:
    keys = held_keks()
    if act.fact == DESTROYED:
        keys.destroy_kek(act.version)
    # One that is held and of which nothing is told was made by a process that was killed before it could.
    elif act.version not in keys.versions() and keys.create_kek() != act.version:
        raise KekRefused("kek_changed")


def _insist(act: KeyAct) -> None:
    known = life()
    if act.fact == CREATED and _was_cut_short(act, known):
        return
    if code := refusal(act.fact, act.version, known):
        raise KekRefused(code)


def _was_cut_short(act: KeyAct, known: Life) -> bool:
    """Tell whether the key was made for this act, and the process ended before it said so."""
    kek = known.get(act.version)
    return bool(
        kek and kek.held and not kek.facts and not kek.data_keys and act.version == known.following - 1
    )

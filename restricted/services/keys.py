"""Propose an act on this host's master key, and answer what another custodian proposed (S0-13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from restricted import events, keks, people, proving, sealing
from restricted.models import KeyAct, KeyAnswer
from restricted.place import ALIAS
from trail import services as trail
from trail.actor import Actor
from vault.keks import KekRefused, refusal
from vault.models import KEK_FACTS

PROPOSED_ALREADY, AWAY = "kek_proposed", "kek_away"


def propose(fact: str, version: int, *, code: str, by: Actor, at: datetime) -> KeyAct:
    """Propose an act; another custodian approves it.

    :raises people.NotTheirs: not a custodian.
    :raises KekRefused: kek_proposed, kek_unknown, kek_away and those of `vault.keks.refusal`.
    :raises FactorRefused, attempts.TooMany: the code; nothing was proposed.
    """
    people.insist(by, people.KEEPS_KEYS)
    assert by.id is not None
    if fact not in KEK_FACTS:
        raise KekRefused("kek_unknown")
    if fact in keks.WANTS_THE_KEY and sealing.away() is not None:
        raise KekRefused(AWAY)
    if why := refusal(fact, version, keks.life()):
        raise KekRefused(why)
    if any(
        keks.state(one, at) in (keks.WAITING, keks.APPROVED) and (one.fact, one.version) == (fact, version)
        for one in keks.acts_since(at - keks.TERM)
    ):
        raise KekRefused(PROPOSED_ALREADY)
    id = uuid4()
    proving.prove(code, by=by, at=at, about=str(id))
    act = KeyAct(id=id, fact=fact, version=version, person=by.id, number=by.number, name=by.name, at=at)
    with transaction.atomic(using=ALIAS):
        act.save(force_insert=True)
        facts = {"key_act": fact, "kek": version, "hash": keks.content_hash(act).hex()}
        trail.record(events.KEY_ACT_PROPOSED, by=by, at=at, facts=facts, request=str(id))
    return act


def answer(id: UUID, *, accepted: bool, code: str, by: Actor, at: datetime) -> None:
    """Approve or refuse what another custodian proposed; `restricted_jobs` carries it out.

    :raises people.NotTheirs: not a custodian, or the one who proposed it.
    :raises KeyAct.DoesNotExist: nothing of this id waits.
    :raises FactorRefused, attempts.TooMany: the code; nothing was answered.
    """
    people.insist(by, people.KEEPS_KEYS)
    assert by.id is not None
    act = KeyAct.objects.select_related("answer", "done").get(pk=id)
    if keks.state(act, at) != keks.WAITING:
        raise KeyAct.DoesNotExist
    # SECURITY: two people; whoever proposed does not approve (law 9).
    if act.person == by.id:
        raise people.NotTheirs
    proving.prove(code, by=by, at=at, about=str(id))
    content = keks.content_hash(act)
    said = {"key_act": act.fact, "kek": act.version, "accepted": accepted, "hash": content.hex()}
    try:
        with transaction.atomic(using=ALIAS):
            KeyAnswer.objects.create(
                act=act,
                person=by.id,
                number=by.number,
                name=by.name,
                accepted=accepted,
                content_sha256=content,
                at=at,
            )
            trail.record(events.KEY_ACT_ANSWERED, by=by, at=at, facts=said, request=str(id))
    except IntegrityError:  # another custodian was faster
        raise KeyAct.DoesNotExist from None
